//~ `contains` names no pattern
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(contains)]
    #[validate(length(max = 5))]
    code: String,
}

fn main() {}
