//~ can never pass
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("5/minute", cost = 6);

fn main() {}
