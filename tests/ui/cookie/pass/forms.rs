#![deny(warnings)]
#![no_implicit_prelude]

use ::secure_runtime::{cookie, edge::CookiePolicy};
use ::std::{assert, assert_eq, option::Option::Some};

const SESSION: CookiePolicy = cookie!("__Host-app; Secure; HttpOnly; SameSite=Strict");
const THEME: CookiePolicy = cookie!("theme;Max-Age=86400 ; Path=/app");
static SHARED: CookiePolicy =
    cookie!("__Secure-shared; Domain=example.com; Secure; SameSite=None", crate = ::secure_runtime);

fn main() {
    let set = SESSION.set("a.b-c_d~1").unwrap();
    assert_eq!(set, "__Host-app=a.b-c_d~1; Path=/; Secure; HttpOnly; SameSite=Strict");
    assert!(SESSION.set("a; Domain=evil.test").is_err());
    assert_eq!(THEME.name(), "theme");
    assert_eq!(THEME.max_age(), Some(86_400));
    assert!(!THEME.is_secure() && !THEME.is_http_only());
    let removed = SHARED.remove().unwrap();
    assert_eq!(
        removed,
        "__Secure-shared=; Path=/; Domain=example.com; Max-Age=0; Secure; SameSite=None"
    );
    assert_eq!(THEME, CookiePolicy::parse("theme; Path=/app; Max-Age=86400").unwrap());
}
