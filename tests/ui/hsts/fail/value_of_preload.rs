//~ `preload` takes no value
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=63072000; includeSubDomains; preload=1");

fn main() {
    println!("{POLICY}");
}
