//~ `must_match` names no `other`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(must_match)]
    count: u32,
}

fn main() {}
