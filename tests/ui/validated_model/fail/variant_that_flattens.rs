//~ `flatten` and refusing unknown fields do not go together
use secure_runtime::prelude::*;

#[validated]
struct Author {
    name: u32,
}

#[validated]
enum Choice {
    Author {
        #[serde(flatten)]
        author: Author,
    },
}

fn main() {}
