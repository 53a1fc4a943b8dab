//~ the name `refresh_token` says secret
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 128))]
    refresh_token: String,
}

fn main() {}
