//~ nothing bounds `text`, a `String`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    text: String,
}

fn main() {}
