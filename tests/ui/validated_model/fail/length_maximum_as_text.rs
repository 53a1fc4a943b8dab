//~ `max` takes a whole number
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = "200"))]
    text: String,
}

fn main() {}
