//~ `trim` is listed twice
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim, nfc, trim)]
    #[validate(length(max = 9))]
    text: String,
}

fn main() {}
