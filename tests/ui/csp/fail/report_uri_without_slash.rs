//~ `csp-reports` is neither a path nor a URL
use secure_runtime::{csp, edge::Csp};

const POLICY: Csp = csp!("default-src 'none'; report-uri csp-reports");

fn main() {
    println!("{POLICY}");
}
