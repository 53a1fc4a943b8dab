//~ `#[derive(Role)]` goes on an enum
use secure_runtime::prelude::*;

#[derive(Role)]
struct Role;

fn main() {}
