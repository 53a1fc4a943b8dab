//~ `Role` has no roles
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {}

fn main() {}
