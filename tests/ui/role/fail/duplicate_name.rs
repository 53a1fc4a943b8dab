//~ the role `admin` is named twice
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    #[role(name = "admin")]
    Root,
}

fn main() {}
