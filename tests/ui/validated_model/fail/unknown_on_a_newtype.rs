//~ `unknown` does nothing here
use secure_runtime::prelude::*;

#[validated(unknown = "ignore")]
struct Number(u32);

fn main() {}
