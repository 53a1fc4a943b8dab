//~ `#[normalize]` would change the secret `text`
use secure_runtime::prelude::*;

#[validated]
struct Pin(#[validate(length(max = 9))] Secret<String>);

#[validated]
struct Note {
    #[normalize(trim)]
    text: Pin,
}

fn main() {}
