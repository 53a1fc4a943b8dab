//~ empty permissions policy
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("");

fn main() {
    println!("{POLICY}");
}
