//~ `#[derive(Scope)]` goes on an enum
use secure_runtime::prelude::*;

#[derive(Scope)]
struct Scope;

fn main() {}
