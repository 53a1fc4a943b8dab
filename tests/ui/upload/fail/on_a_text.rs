//~ `#[upload]` goes on an `Upload`, and this is a `Vec<u8>`
use secure_runtime::prelude::*;

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"])]
    #[validate(length(max = 9))]
    file: Vec<u8>,
}

fn main() {}
