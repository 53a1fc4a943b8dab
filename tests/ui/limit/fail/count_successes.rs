//~ unknown `count` of a limit
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("5/minute", count = "successes");

fn main() {}
