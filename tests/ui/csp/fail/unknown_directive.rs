//~ unknown directive `scirpt-src`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; scirpt-src 'self'");

fn main() {
    println!("{POLICY}");
}
