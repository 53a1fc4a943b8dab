//~ `burst` cannot count failures only
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minute", burst = 5, count = "failures");

fn main() {}
