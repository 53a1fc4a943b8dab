//~ `#[validated]` goes on a struct or an enum
use secure_runtime::prelude::*;

#[validated]
union Bits {
    int: u32,
    float: f32,
}

fn main() {}
