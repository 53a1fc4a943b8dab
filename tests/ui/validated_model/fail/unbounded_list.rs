//~ nothing bounds `tags`, a `Vec<u32>`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    tags: Vec<u32>,
}

fn main() {}
