//~ unknown rule `lenght`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(lenght(max = 200))]
    text: String,
}

fn main() {}
