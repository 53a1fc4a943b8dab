//~ without `default-src` or `script-src`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("img-src 'self'");

fn main() {
    println!("{POLICY}");
}
