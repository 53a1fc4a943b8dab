//~ amount `0` in rate limit would refuse every request
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("0/minute");

fn main() {}
