#![deny(warnings)]
#![no_implicit_prelude]

use ::secure_runtime::{edge::Hsts, hsts};
use ::std::{assert_eq, string::ToString as _};

const PRELOAD: Hsts = hsts!("max-age=31536000;preload ; includeSubDomains");
const TAKEN_BACK: Hsts = hsts!("max-age=0");

fn main() {
    assert_eq!(PRELOAD.to_string(), "max-age=31536000; includeSubDomains; preload");
    assert_eq!(TAKEN_BACK, Hsts::parse("max-age=0").unwrap());
}
