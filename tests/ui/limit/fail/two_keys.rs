//~ a limit has one key
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minute", by = "ip", header = "x-tenant");

fn main() {}
