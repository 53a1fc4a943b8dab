//~ `equal` stands beside `min` or `max`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(equal = 3, max = 5))]
    code: String,
}

fn main() {}
