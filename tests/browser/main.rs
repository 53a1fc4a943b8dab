//! A real browser: what it lets the pages of others do, and what our headers make it refuse.
//!
//! Chromium runs headless, through WebDriver. All sites of a test are HTTPS servers of its own on
//! loopback: the browser is told where each name is, and which certificate to take, and that there are
//! no other names. On a machine without Chromium a test says so and passes; with
//! `SECURE_TEST_SERVICES=required` it fails.

#![allow(clippy::expect_used, clippy::panic)]

mod accounts;
mod browser;
mod certificate;
mod cors;
mod csp;
mod csrf;
mod every_page;
mod framing;
mod html;
mod html_attacks;
mod log;
mod screenshots;
#[path = "../services/mod.rs"]
mod services;
mod sessions;
mod site;

use accounts::Accounts;
use browser::Browser;
use certificate::Certificate;
use site::Site;
