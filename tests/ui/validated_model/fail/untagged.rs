//~ `untagged` tries one variant after the other
use secure_runtime::prelude::*;

#[validated]
#[serde(untagged)]
enum Choice {
    Number { number: u32 },
    Flag { flag: bool },
}

fn main() {}
