#![no_implicit_prelude]

use ::secure_runtime::{Hosts, hosts};

const ALL: Hosts = hosts!(
    "example.com",
    "*.example.org",
    "localhost",
    "*.localhost:8080",
    "api_1.internal:8443",
    "192.0.2.1",
    "[2001:db8::1]:8080",
    "xn--exmple-cua.com",
);
static ONE: Hosts = hosts!["example.com"];

macro_rules! through_a_macro {
    ($host:literal) => {
        hosts!($host, "example.org")
    };
}

fn main() {
    let local = through_a_macro!("example.com");
    ::std::assert!(::std::format!("{ALL:?}{ONE:?}{local:?}").contains("example.org"));
}
