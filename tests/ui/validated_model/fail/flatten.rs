//~ `flatten` and refusing unknown fields do not go together
use secure_runtime::prelude::*;

#[validated]
struct Author {
    name: u32,
}

#[validated]
struct Note {
    #[serde(flatten)]
    author: Author,
}

fn main() {}
