//~ character `U+000A`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none';\nimg-src 'self'");

fn main() {
    println!("{POLICY}");
}
