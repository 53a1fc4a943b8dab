//~ `again` is no other field of `First`
use secure_runtime::prelude::*;

#[validated]
enum Choice {
    First {
        #[validate(must_match(other = again))]
        number: u32,
        copy: u32,
    },
    Second {
        again: u32,
    },
}

fn main() {}
