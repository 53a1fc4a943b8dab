//~ `data:` in `script-src-elem` lets scripts come from anywhere
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; script-src-elem data:");

fn main() {
    println!("{POLICY}");
}
