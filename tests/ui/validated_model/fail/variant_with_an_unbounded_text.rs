//~ nothing bounds `text`, a `String`
use secure_runtime::prelude::*;

#[validated]
enum Choice {
    Text { text: String },
}

fn main() {}
