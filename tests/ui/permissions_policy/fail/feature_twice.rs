//~ feature `camera` stands twice
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera=(), camera=(self)");

fn main() {
    println!("{POLICY}");
}
