//~ the name `password` says secret
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 128))]
    password: String,
}

fn main() {}
