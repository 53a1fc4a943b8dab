//! `cargo run --release -p secure-benches --bin accounts_attacked -- flood|oracle`

use secure_benches::{Failure, accounts};

fn main() -> Result<(), Failure> {
    accounts::run(&std::env::args().nth(1).unwrap_or_default())
}
