//! The limiter that counts in Redis: against the model, many at once, on a cluster, and what happens while
//! the server is gone, hangs, is slow, empty, another one or refuses to write.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod counting;
mod keys;
mod log;
mod model;
mod outages;
#[path = "../services/mod.rs"]
mod services;
mod support;
