//~ `length` does not bound all of
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 10))]
    count: u32,
}

fn main() {}
