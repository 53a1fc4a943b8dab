//~ empty HSTS policy
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("");

fn main() {
    println!("{POLICY}");
}
