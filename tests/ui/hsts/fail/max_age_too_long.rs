//~ seconds are too long
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=999999999");

fn main() {
    println!("{POLICY}");
}
