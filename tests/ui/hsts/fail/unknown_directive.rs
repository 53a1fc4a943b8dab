//~ unknown directive `include-subdomains`
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=63072000; include-subdomains");

fn main() {
    println!("{POLICY}");
}
