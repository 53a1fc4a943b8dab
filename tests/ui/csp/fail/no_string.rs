//~ `csp!` starts with the policy, a string
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!(default-src);

fn main() {
    println!("{POLICY}");
}
