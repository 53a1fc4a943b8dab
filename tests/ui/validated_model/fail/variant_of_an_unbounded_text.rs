//~ nothing bounds `Text`, a `String`
use secure_runtime::prelude::*;

#[validated]
enum Choice {
    Text(String),
}

fn main() {}
