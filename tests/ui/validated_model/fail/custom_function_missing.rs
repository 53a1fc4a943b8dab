//~ cannot find function `check`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(custom(function = check))]
    count: u32,
}

fn main() {}
