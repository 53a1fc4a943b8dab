//~ the name `password` says secret
use secure_runtime::prelude::*;

#[validated]
struct Text(#[validate(length(max = 100))] String);

#[validated]
struct Login {
    password: Text,
}

fn main() {}
