//~ `deny_unknown_fields` contradicts
use secure_runtime::prelude::*;

#[validated(unknown = "ignore")]
#[serde(deny_unknown_fields)]
struct Note {
    count: u32,
}

fn main() {}
