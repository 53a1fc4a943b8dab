//~ `#[not_secret]` does nothing here
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[not_secret = "because it is public"]
    #[validate(length(max = 128))]
    title: String,
}

fn main() {}
