//~ unknown word `lower` in `#[normalize]`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim, lower)]
    #[validate(length(max = 9))]
    text: String,
}

fn main() {}
