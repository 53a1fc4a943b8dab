//! Known answers for the keys of tokens, below the claims: those that the RFCs print, and the test
//! vectors of Project Wycheproof where they are at hand.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used
)]

mod pem;
mod rfc;
mod wycheproof;
