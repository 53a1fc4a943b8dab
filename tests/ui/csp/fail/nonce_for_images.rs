//~ `'nonce'` means nothing in `img-src`
use secure_runtime::{csp, edge::PageCsp};

const POLICY: PageCsp = csp!("default-src 'none'; img-src 'nonce'");

fn main() {
    println!("{POLICY}");
}
