//~ `length` does not bound all of `tags`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 10))]
    tags: Vec<String>,
}

fn main() {}
