//~ `count` is no other field of `Note`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(must_match(other = count))]
    count: u32,
    again: u32,
}

fn main() {}
