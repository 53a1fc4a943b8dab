//~ a variant has named fields or one value
use secure_runtime::prelude::*;

#[validated]
enum Choice {
    None,
    Two(u32, u32),
}

fn main() {}
