//~ `'unsafe-inline'` in `style-src` lets any inline style apply
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; style-src 'unsafe-inline'");

fn main() {
    println!("{POLICY}");
}
