//~ `printable` is a rule for texts, and a `u32` is none
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(printable)]
    count: u32,
}

fn main() {}
