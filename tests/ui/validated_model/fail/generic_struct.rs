//~ an input has no generic parameters
use secure_runtime::prelude::*;

#[validated]
struct Note<T> {
    count: T,
}

fn main() {}
