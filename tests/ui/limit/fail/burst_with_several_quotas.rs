//~ `burst` belongs to one quota
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minute; 9000/day", burst = 5);

fn main() {}
