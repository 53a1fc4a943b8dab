//~ `range` names no bound
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(range())]
    count: u32,
}

fn main() {}
