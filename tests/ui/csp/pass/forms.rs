#![deny(warnings)]
#![no_implicit_prelude]

use ::secure_runtime::{
    csp,
    edge::{Csp, PageCsp},
};
use ::std::{assert_eq, string::ToString as _};

const API: Csp = csp!("default-src   'none'; upgrade-insecure-requests");
const PAGE: PageCsp = csp!(
    "default-src 'none'; script-src 'nonce' 'strict-dynamic'; style-src 'self' 'nonce'; \
     img-src 'self' data: https://*.example.com:8443/a/; base-uri 'none'; frame-ancestors 'none'; \
     report-uri /csp-reports; report-to csp; require-trusted-types-for 'script'; trusted-types a b",
);
static WEAK: Csp = csp!(
    "default-src *; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; object-src 'none'",
    unsafe_inline_scripts = "because of the old editor",
    unsafe_eval = "because of the old editor",
    unsafe_inline_styles = "because of the old editor",
);
const ANYWHERE: Csp = csp!("script-src *", scripts_from_anywhere = "because it shows a page of theirs", crate = ::secure_runtime);

/// A literal may come through a macro.
macro_rules! policy {
    ($policy:literal) => {
        csp!($policy)
    };
}

fn main() {
    assert_eq!(API.to_string(), "default-src 'none'; upgrade-insecure-requests");
    assert_eq!(PAGE, PageCsp::parse(&PAGE.to_string()).unwrap());
    assert_eq!(policy!("default-src 'none'").to_string(), "default-src 'none'");
    assert_eq!(ANYWHERE.to_string(), "script-src *");
    // What needs a switch is not taken from configuration.
    ::std::assert!(Csp::parse(&WEAK.to_string()).is_err());
    ::std::assert!(Csp::parse(&PAGE.to_string()).is_err());
}
