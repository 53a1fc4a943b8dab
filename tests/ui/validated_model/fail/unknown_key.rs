//~ unknown key `unkown`
use secure_runtime::prelude::*;

#[validated(unkown = "ignore")]
struct Note {
    count: u32,
}

fn main() {}
