//~ goes on a handler function, and this is an `impl`
use secure_runtime::prelude::*;

struct Notes;

#[protected]
impl Notes {}

fn main() {}
