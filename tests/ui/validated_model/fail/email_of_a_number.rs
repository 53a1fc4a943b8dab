//~ ValidateEmail` is not satisfied
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(email)]
    count: u32,
}

fn main() {}
