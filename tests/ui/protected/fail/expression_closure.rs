//~ 
use secure_runtime::prelude::*;

#[protected]
const HANDLER: fn() = || {};

fn main() {}
