//~ `content` stands without `tag`
use secure_runtime::prelude::*;

#[validated]
#[serde(content = "content")]
enum Choice {
    Number { number: u32 },
}

fn main() {}
