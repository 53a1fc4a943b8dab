//~ mismatched types
use secure_runtime::{limit, policy::RateLimit};

fn tenant(_: &str) -> Option<String> {
    None
}

const LIMIT: RateLimit = limit!("5/minute", key = tenant);

fn main() {}
