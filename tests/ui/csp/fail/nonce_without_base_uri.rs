//~ a nonce for scripts without `base-uri`
use secure_runtime::{csp, edge::PageCsp};

const POLICY: PageCsp = csp!("default-src 'none'; script-src 'nonce'");

fn main() {
    println!("{POLICY}");
}
