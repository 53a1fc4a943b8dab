//~ unknown case `camelcase` in `rename_all`
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type", rename_all = "camelcase")]
enum Choice {
    Number { number: u32 },
}

fn main() {}
