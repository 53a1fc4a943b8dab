//~ `'unsafe-inline'` in `script-src` lets any inline script run
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'unsafe-inline'", unsafe_inline_styles = "because of an old library");

fn main() {
    println!("{POLICY}");
}
