//~ unknown feature `vibrate`
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("vibrate=()");

fn main() {
    println!("{POLICY}");
}
