//~ `'strict-dynamic'` without a nonce or a hash lets no script run
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'self' 'strict-dynamic'");

fn main() {
    println!("{POLICY}");
}
