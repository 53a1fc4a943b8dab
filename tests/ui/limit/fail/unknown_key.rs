//~ unknown key `bursts` in `limit!`
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minute", bursts = 5);

fn main() {}
