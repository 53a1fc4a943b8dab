//~ `message` is empty
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(range(max = 5, message = ""))]
    number: u32,
}

fn main() {}
