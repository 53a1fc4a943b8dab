//~ `permissions_policy!` starts with the policy, a string
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!(camera);

fn main() {
    println!("{POLICY}");
}
