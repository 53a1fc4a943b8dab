//~ `unsafe_eval` needs its reason in writing
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'self' 'unsafe-eval'", unsafe_eval = "");

fn main() {
    println!("{POLICY}");
}
