//~ the list of `camera` is not closed
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera=(self");

fn main() {
    println!("{POLICY}");
}
