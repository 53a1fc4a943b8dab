//~ an enum without variants has no values
use secure_runtime::prelude::*;

#[validated]
enum Choice {}

fn main() {}
