//~ unknown key `name` in `#[role]`
use secure_runtime::prelude::*;

#[derive(Role)]
#[role(name = "admin")]
enum Role {
    Admin,
}

fn main() {}
