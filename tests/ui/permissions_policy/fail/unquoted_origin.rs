//~ origin `https://example.com` is not quoted
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera=(https://example.com)");

fn main() {
    println!("{POLICY}");
}
