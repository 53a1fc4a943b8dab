//~ `'none'` beside other values
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none' 'self'");

fn main() {
    println!("{POLICY}");
}
