//~ `#[unbounded]` needs its reason in writing
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[unbounded = ""]
    text: String,
}

fn main() {}
