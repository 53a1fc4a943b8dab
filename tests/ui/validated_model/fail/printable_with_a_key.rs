//~ unknown key `lines` of the rule `printable`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(printable(lines = 2), length(max = 80))]
    text: String,
}

fn main() {}
