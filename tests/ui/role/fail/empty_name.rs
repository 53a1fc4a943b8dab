//~ `name` holds an empty word
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(name = "")]
    Admin,
}

fn main() {}
