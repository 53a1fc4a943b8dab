//~ unknown case `camel` in `rename_all_fields`
use secure_runtime::prelude::*;

#[validated]
#[serde(rename_all_fields = "camel")]
enum Choice {
    Number { number: u32 },
}

fn main() {}
