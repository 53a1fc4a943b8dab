//~ `*` in `script-src` lets scripts come from anywhere
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src *");

fn main() {
    println!("{POLICY}");
}
