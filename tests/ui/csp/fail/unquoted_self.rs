//~ unquoted `self`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src self");

fn main() {
    println!("{POLICY}");
}
