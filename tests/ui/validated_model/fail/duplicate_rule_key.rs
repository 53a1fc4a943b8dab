//~ `max` is given twice
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200, max = 300))]
    text: String,
}

fn main() {}
