//~ the role `admin` implies itself
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(implies = "admin")]
    Admin,
}

fn main() {}
