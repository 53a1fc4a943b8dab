//~ `tag` and `content` have the same name
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type", content = "type")]
enum Choice {
    Number { number: u32 },
}

fn main() {}
