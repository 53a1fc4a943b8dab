//~ `other` takes every name
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type")]
enum Choice {
    Number { number: u32 },
    #[serde(other)]
    Unknown,
}

fn main() {}
