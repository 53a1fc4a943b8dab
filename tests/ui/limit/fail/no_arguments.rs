//~ `limit!` starts with its quota
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!();

fn main() {}
