//~ goes on a handler function, and this is a trait
use secure_runtime::prelude::*;

#[protected]
trait Notes {}

fn main() {}
