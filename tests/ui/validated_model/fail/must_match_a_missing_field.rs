//~ no field `repeat`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(must_match(other = repeat))]
    count: u32,
}

fn main() {}
