//~ imply each other
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(implies = "user")]
    Admin,
    #[role(implies = "admin")]
    User,
}

fn main() {}
