//~ unknown feature `cammera`
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("cammera=()");

fn main() {
    println!("{POLICY}");
}
