//~ ValidateLength<u64>` is not satisfied
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 10))]
    count: u32,
}

fn main() {}
