//~ unknown key `unsafe_inline_script`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'unsafe-inline'", unsafe_inline_script = "because of an old library");

fn main() {
    println!("{POLICY}");
}
