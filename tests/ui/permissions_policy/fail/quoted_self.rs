//~ `'self'` in the list of `camera`
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera=('self')");

fn main() {
    println!("{POLICY}");
}
