//~ is no header name
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("5/minute", header = "x tenant");

fn main() {}
