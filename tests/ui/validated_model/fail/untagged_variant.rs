//~ `untagged` tries one variant after the other
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type")]
enum Choice {
    Number { number: u32 },
    #[serde(untagged)]
    Flag { flag: bool },
}

fn main() {}
