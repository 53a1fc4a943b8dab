//~ `csp!` starts with the policy, a string
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!();

fn main() {
    println!("{POLICY}");
}
