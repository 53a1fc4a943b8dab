//~ the field `type` has the name of the tag
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type")]
enum Choice {
    Number { number: u32, r#type: u32 },
}

fn main() {}
