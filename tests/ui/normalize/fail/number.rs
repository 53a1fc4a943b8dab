//~ `#[normalize]` changes texts, and `text` is a `u32`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim)]
    text: u32,
}

fn main() {}
