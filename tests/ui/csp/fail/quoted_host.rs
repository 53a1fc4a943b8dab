//~ `'https://example.com'` is quoted
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; img-src 'https://example.com'");

fn main() {
    println!("{POLICY}");
}
