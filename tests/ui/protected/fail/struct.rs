//~ goes on a handler function, and this is a struct
use secure_runtime::prelude::*;

#[protected]
struct Notes;

fn main() {}
