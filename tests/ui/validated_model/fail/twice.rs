//~ `#[validated]` stands twice on one input
use secure_runtime::prelude::*;

#[validated]
#[validated]
struct Note {
    count: u32,
}

fn main() {}
