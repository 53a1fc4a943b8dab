//~ `#[validate]` names no rule
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate]
    count: u32,
}

fn main() {}
