//~ nothing bounds `author`
use secure_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Author {
    name: u32,
}

#[validated]
struct Note {
    author: Author,
}

fn main() {}
