//~ `https://Example.com` is no origin
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!(r#"camera=("https://Example.com")"#);

fn main() {
    println!("{POLICY}");
}
