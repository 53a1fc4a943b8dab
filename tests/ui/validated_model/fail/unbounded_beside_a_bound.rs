//~ `#[unbounded]` stands beside a bound
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[unbounded = "because it is small"]
    #[validate(length(max = 200))]
    text: String,
}

fn main() {}
