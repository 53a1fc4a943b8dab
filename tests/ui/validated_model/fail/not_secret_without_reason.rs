//~ `#[not_secret]` needs its reason in writing
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[not_secret = ""]
    #[validate(length(max = 128))]
    password: String,
}

fn main() {}
