//~ 
use secure_runtime::prelude::*;

#[validated]
enum Choice {}

fn main() {}
