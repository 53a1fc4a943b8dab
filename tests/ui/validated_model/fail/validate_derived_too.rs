//~ `#[validated]` derives `Validate` already
use secure_runtime::prelude::*;

#[validated]
#[derive(validator::Validate)]
struct Note {
    count: u32,
}

fn main() {}
