//~ goes on a handler function, and this is a constant
use secure_runtime::prelude::*;

#[protected]
const HANDLER: fn() = || {};

fn main() {}
