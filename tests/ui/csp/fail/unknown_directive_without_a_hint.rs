//~ unknown directive `frobnicate`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("frobnicate 'none'");

fn main() {
    println!("{POLICY}");
}
