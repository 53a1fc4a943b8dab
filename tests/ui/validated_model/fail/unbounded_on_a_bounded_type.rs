//~ `#[unbounded]` does nothing here
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[unbounded = "because it is small"]
    count: u32,
}

fn main() {}
