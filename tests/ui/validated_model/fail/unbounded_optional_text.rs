//~ nothing bounds `text`, a `Option<String>`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    text: Option<String>,
}

fn main() {}
