//~ `Number` holds a `u32`, which has no fields
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type")]
enum Choice {
    Number(u32),
}

fn main() {}
