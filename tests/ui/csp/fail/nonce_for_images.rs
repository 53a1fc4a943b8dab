//~ `'nonce'` means nothing in `img-src`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; img-src 'nonce'");

fn main() {
    println!("{POLICY}");
}
