//~ no `max-age`
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!("includeSubDomains");

fn main() {
    println!("{POLICY}");
}
