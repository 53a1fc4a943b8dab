//~ `unsafe_eval` allows what the policy does not ask for
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'self'", unsafe_eval = "because of an old library");

fn main() {
    println!("{POLICY}");
}
