//~ `*` inside of the host `a.*.com`
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; img-src a.*.com");

fn main() {
    println!("{POLICY}");
}
