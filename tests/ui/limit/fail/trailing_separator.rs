//~ trailing `;` in rate limit
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minute;");

fn main() {}
