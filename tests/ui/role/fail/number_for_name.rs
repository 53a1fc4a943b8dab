//~ `name` takes a string
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(name = 5)]
    Admin,
}

fn main() {}
