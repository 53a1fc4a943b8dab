//~ `regex` names no expression
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(regex)]
    #[validate(length(max = 5))]
    code: String,
}

fn main() {}
