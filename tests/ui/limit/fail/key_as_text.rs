//~ `key` takes the path of a function
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("5/minute", key = "tenant");

fn main() {}
