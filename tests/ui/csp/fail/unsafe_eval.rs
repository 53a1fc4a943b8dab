//~ `'unsafe-eval'` in `script-src` lets text run as script
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src 'self' 'unsafe-eval'");

fn main() {
    println!("{POLICY}");
}
