#![deny(warnings)]
#![no_implicit_prelude]

use ::secure_runtime::{edge::PermissionsPolicy, permissions_policy};
use ::std::{assert_eq, string::ToString as _};

const POLICY: PermissionsPolicy =
    permissions_policy!(r#"camera=(), geolocation=self, payment=(self "https://*.example.com:8443"), fullscreen=*"#);

fn main() {
    assert_eq!(
        POLICY.to_string(),
        r#"camera=(), geolocation=(self), payment=(self "https://*.example.com:8443"), fullscreen=*"#
    );
    assert_eq!(POLICY, PermissionsPolicy::parse(&POLICY.to_string()).unwrap());
    assert_eq!(permissions_policy!("usb=()",).to_string(), "usb=()");
}
