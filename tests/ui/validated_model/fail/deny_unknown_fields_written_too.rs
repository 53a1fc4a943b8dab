//~ refuses unknown fields already
use secure_runtime::prelude::*;

#[validated]
#[serde(deny_unknown_fields)]
struct Note {
    count: u32,
}

fn main() {}
