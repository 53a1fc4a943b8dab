//~ `length` names no bound
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length)]
    text: String,
}

fn main() {}
