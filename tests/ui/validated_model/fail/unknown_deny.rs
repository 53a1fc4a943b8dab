//~ unknown value `deny` of `unknown`
use secure_runtime::prelude::*;

#[validated(unknown = "deny")]
struct Note {
    count: u32,
}

fn main() {}
