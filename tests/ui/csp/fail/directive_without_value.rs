//~ directive `img-src` has no value
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; img-src");

fn main() {
    println!("{POLICY}");
}
