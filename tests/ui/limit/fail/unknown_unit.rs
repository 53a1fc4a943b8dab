//~ unknown time unit `minuet`
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minuet");

fn main() {}
