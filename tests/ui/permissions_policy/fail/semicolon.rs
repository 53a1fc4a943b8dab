//~ something after the list of `camera`
use secure_runtime::{edge::PermissionsPolicy, permissions_policy};

const POLICY: PermissionsPolicy = permissions_policy!("camera=(); usb=()");

fn main() {
    println!("{POLICY}");
}
