//~ `#[normalize]` takes its words in brackets
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize = "trim"]
    #[validate(length(max = 9))]
    text: String,
}

fn main() {}
