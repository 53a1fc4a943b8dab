//~ `max-age` stands twice
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("max-age=1; max-age=2");

fn main() {
    println!("{POLICY}");
}
