//~ `'none` has no closing quote
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none");

fn main() {
    println!("{POLICY}");
}
