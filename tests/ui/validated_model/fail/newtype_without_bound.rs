//~ nothing bounds `Title`, a `String`
use secure_runtime::prelude::*;

#[validated]
struct Title(String);

fn main() {}
