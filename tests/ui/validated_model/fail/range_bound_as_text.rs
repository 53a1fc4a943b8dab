//~ `max` takes a number
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(range(max = "a"))]
    count: u32,
}

fn main() {}
