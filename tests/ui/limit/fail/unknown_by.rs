//~ unknown key `usr` of a limit
use secure_runtime::{limit, policy::RateLimit};

const LIMIT: RateLimit = limit!("600/minute", by = "usr");

fn main() {}
