//~ `'none'` is no allow list of `camera`
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera='none'");

fn main() {
    println!("{POLICY}");
}
