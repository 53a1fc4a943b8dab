//~ nothing bounds `text`, a `String`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(min = 1))]
    text: String,
}

fn main() {}
