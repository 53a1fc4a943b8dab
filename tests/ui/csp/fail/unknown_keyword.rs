//~ unknown keyword `'slef'`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'slef'");

fn main() {
    println!("{POLICY}");
}
