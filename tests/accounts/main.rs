//! `examples/accounts`, as its users and its operator meet it: the real binary on a free port, with
//! a folder of its own.

#![allow(clippy::expect_used, clippy::panic)]

mod admin;
mod api_keys;
mod articles;
mod avatars;
mod clients;
mod crash;
mod deploy;
mod deploy_tls;
mod discovery;
mod escapes;
mod greeting;
mod html;
mod instances;
mod keys;
mod matrix;
mod me;
mod outages;
mod pages;
mod pages_admin;
mod pages_articles;
mod pages_settings;
mod password;
mod refresh;
mod reset;
mod restart;
mod server;
#[path = "../services/mod.rs"]
mod services;
mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;
mod startup;
mod throttle;
mod tls;
mod token;

use server::{Answer, PASSWORD, Server, Tokens};
