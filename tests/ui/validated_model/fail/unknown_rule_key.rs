//~ unknown key `maximum` of the rule `length`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(maximum = 200))]
    text: String,
}

fn main() {}
