//~ `#[role]` takes `key = value` arguments, in brackets
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role]
    Admin,
}

fn main() {}
