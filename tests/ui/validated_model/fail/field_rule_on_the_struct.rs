//~ this rule belongs on a field
use secure_runtime::prelude::*;

#[validated]
#[validate(length(max = 5))]
struct Note {
    count: u32,
}

fn main() {}
