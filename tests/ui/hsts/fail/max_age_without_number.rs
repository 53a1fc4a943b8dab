//~ `max-age` without a number
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=");

fn main() {
    println!("{POLICY}");
}
