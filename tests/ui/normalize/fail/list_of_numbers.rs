//~ `#[normalize]` changes texts, and `text` is a `Vec<u32>`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim)]
    #[validate(length(max = 9))]
    text: Vec<u32>,
}

fn main() {}
