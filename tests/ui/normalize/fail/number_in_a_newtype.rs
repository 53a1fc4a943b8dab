//~ `#[normalize]` changes texts, and `text` is a `Number`
use secure_runtime::prelude::*;

#[validated]
struct Number(u32);

#[validated]
struct Note {
    #[normalize(trim)]
    text: Number,
}

fn main() {}
