//~ `2 years` is no number of seconds
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=2 years");

fn main() {
    println!("{POLICY}");
}
