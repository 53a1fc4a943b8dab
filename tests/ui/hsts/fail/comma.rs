//~ unknown directive
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=63072000; includeSubDomains, preload");

fn main() {
    println!("{POLICY}");
}
