//~ `'unsafe-inline'` in `default-src` lets any inline script run
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'unsafe-inline'");

fn main() {
    println!("{POLICY}");
}
