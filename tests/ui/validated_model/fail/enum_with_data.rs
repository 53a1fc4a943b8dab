//~ an enum whose variants carry data is not available
use secure_runtime::prelude::*;

#[validated]
enum Choice {
    None,
    Some(u32),
}

fn main() {}
