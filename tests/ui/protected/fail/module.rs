//~ goes on a handler function, and this is a module
use secure_runtime::prelude::*;

#[protected]
mod notes {}

fn main() {}
