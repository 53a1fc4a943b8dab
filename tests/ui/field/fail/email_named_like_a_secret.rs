//~ the name `token` says secret
use secure_runtime::{field::Slug, prelude::*};

#[validated]
struct Note {
    token: Slug,
}

fn main() {}
