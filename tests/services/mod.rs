//! Real servers for tests, each with a folder and a port of its own, stopped with the test.
//!
//! On a machine without the programs a test says so on stderr and passes; with
//! `SECURE_TEST_SERVICES=required` it fails.

#![allow(dead_code, unused_imports, reason = "each test target uses some of it")]

mod account;
mod chromedriver;
mod folder;
mod postgres;
mod process;
mod program;
mod redis;
mod wire;

pub(crate) use chromedriver::Chromedriver;
pub(crate) use folder::Folder;
pub(crate) use postgres::Postgres;
pub(crate) use program::find as find_program;
pub(crate) use redis::Redis;
pub(crate) use wire::Wire;
