//~ `#[unbounded]` belongs on a field
use secure_runtime::prelude::*;

#[validated]
#[unbounded = "because it is short"]
struct Note {
    number: u32,
}

fn main() {}
