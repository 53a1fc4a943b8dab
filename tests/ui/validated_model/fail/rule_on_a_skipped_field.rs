//~ does nothing on a field that is not read
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[serde(skip)]
    #[validate(range(max = 5))]
    count: u32,
}

fn main() {}
