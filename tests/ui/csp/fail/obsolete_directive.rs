//~ directive `block-all-mixed-content` is gone
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; block-all-mixed-content");

fn main() {
    println!("{POLICY}");
}
