//~ the preload list takes no host without its subdomains
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=63072000; preload");

fn main() {
    println!("{POLICY}");
}
