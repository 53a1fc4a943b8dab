//~ the preload list takes no host for less than a year
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=86400; includeSubDomains; preload");

fn main() {
    println!("{POLICY}");
}
