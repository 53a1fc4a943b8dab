//~ `deserialize_with` reads another shape
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type")]
enum Choice {
    #[serde(deserialize_with = "read")]
    Number { number: u32 },
}

fn main() {}
