//~ the name `password` says secret
use secure_runtime::prelude::*;

#[validated]
enum Login {
    Password(#[validate(length(max = 100))] String),
}

fn main() {}
