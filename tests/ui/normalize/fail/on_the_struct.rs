//~ `#[normalize]` belongs on a field
use secure_runtime::prelude::*;

#[validated]
#[normalize(trim)]
struct Note {
    number: u32,
}

fn main() {}
