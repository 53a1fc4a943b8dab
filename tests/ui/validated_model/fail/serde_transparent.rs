//~ `transparent` reads another shape
use secure_runtime::prelude::*;

#[validated]
#[serde(transparent)]
struct Note {
    count: u32,
}

fn main() {}
