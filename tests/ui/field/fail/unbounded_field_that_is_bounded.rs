//~ `#[unbounded]` does nothing here
use secure_runtime::{field::Email, prelude::*};

#[validated]
struct Note {
    #[unbounded = "because it is a test"]
    to: Email,
}

fn main() {}
