//~ `#[normalize]` takes words and nothing else
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim = true)]
    #[validate(length(max = 9))]
    text: String,
}

fn main() {}
