//~ goes on a handler function
use secure_runtime::prelude::*;

#[protected]
trait Notes {}

fn main() {}
