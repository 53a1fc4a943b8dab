//~ `*` in `base-uri` lets links and scripts be led away
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; base-uri *");

fn main() {
    println!("{POLICY}");
}
