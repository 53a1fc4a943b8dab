//~ goes on a handler function, and this is an enum
use secure_runtime::prelude::*;

#[protected]
enum Notes {}

fn main() {}
