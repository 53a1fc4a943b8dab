//~ `name` is given twice
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(name = "a")]
    #[role(name = "b")]
    Admin,
}

fn main() {}
