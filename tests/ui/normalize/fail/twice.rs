//~ `#[normalize]` stands twice on one field
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim)]
    #[normalize(nfc)]
    #[validate(length(max = 9))]
    text: String,
}

fn main() {}
