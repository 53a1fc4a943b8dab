//~ `'self'` stands twice
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'self' 'self'");

fn main() {
    println!("{POLICY}");
}
