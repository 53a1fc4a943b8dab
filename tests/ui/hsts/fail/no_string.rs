//~ `hsts!` starts with the policy, a string
use secure_runtime::{edge::Hsts, hsts};

const POLICY: Hsts = hsts!(63072000);

fn main() {
    println!("{POLICY}");
}
