//~ `'unsafe-hashes'` in `script-src` lets event handlers run
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'unsafe-hashes'");

fn main() {
    println!("{POLICY}");
}
