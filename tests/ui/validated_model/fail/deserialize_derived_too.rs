//~ `#[validated]` derives `Deserialize` already
use secure_runtime::prelude::*;

#[validated]
#[derive(Debug, serde::Deserialize)]
struct Note {
    count: u32,
}

fn main() {}
