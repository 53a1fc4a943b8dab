//~ `abc` is no sha256 hash
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'sha256-abc'");

fn main() {
    println!("{POLICY}");
}
