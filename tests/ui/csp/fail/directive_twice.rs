//~ directive `img-src` stands twice
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; img-src 'self'; img-src https://example.com");

fn main() {
    println!("{POLICY}");
}
