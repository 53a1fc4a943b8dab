//~ `nested` takes no arguments
use secure_runtime::prelude::*;

#[validated]
struct Author {
    name: u32,
}

#[validated]
struct Note {
    #[validate(nested(message = "is wrong"))]
    author: Author,
}

fn main() {}
