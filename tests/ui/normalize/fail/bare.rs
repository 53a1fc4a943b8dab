//~ `#[normalize]` names no form
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize]
    #[validate(length(max = 9))]
    text: String,
}

fn main() {}
