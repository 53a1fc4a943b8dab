//~ `#[normalize]` does nothing on a field that is not read
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim)]
    #[serde(skip)]
    text: String,
}

fn main() {}
