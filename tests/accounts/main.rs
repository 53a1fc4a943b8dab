//! `examples/accounts`, as its users and its operator meet it: the real binary on a free port, with
//! a folder of its own.

#![allow(clippy::expect_used, clippy::panic)]

mod admin;
mod articles;
mod crash;
mod greeting;
mod matrix;
mod me;
mod server;
mod sign_in;
mod sign_up;
mod startup;
mod token;

use server::{Answer, PASSWORD, Server};
