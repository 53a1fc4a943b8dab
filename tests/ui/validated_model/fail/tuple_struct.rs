//~ an input has named fields
use secure_runtime::prelude::*;

#[validated]
struct Note(u32, u32);

fn main() {}
