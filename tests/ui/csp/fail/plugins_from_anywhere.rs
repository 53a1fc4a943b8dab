//~ `*` in `object-src` lets plugins come from anywhere
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; object-src *");

fn main() {
    println!("{POLICY}");
}
