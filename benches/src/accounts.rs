//! The example under attack: many sign-ins at once, and what answers tell by the time they take.
//!
//! Both speak to the binary of `examples/accounts` over loopback, each request as if from an address
//! of its own.

mod flood;
mod oracle;
mod server;
mod statistics;

use crate::Failure;

/// Runs one of them.
///
/// # Errors
/// When the service does not run, or does not do what is measured.
pub fn run(what: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match what {
        "flood" => runtime.block_on(flood::run()),
        "oracle" => runtime.block_on(oracle::run()),
        _ => Err("there are `flood` and `oracle`".into()),
    }
}
