//~ `#[normalize]` would change the secret `text`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[normalize(trim)]
    #[validate(length(max = 9))]
    text: Option<Secret<String>>,
}

fn main() {}
