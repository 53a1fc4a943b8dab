//~ unknown key `because`
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera=()", because = "x");

fn main() {
    println!("{POLICY}");
}
