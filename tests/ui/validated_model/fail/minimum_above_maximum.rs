//~ no value lies between these bounds
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(min = 5, max = 3))]
    text: String,
}

fn main() {}
