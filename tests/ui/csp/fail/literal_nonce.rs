//~ a nonce that is written down
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'nonce-abc'; base-uri 'none'");

fn main() {
    println!("{POLICY}");
}
