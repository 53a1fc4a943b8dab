//~ no value lies between these bounds
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(range(min = 5, exclusive_max = 5))]
    count: u32,
}

fn main() {}
