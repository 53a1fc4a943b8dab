//~ `unknown` does nothing here
use secure_runtime::prelude::*;

#[validated(unknown = "ignore")]
enum Choice {
    One,
    Two,
}

fn main() {}
