//~ empty content security policy
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("");

fn main() {
    println!("{POLICY}");
}
