//~ imply each other
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(implies = "editor")]
    Admin,
    #[role(implies = "user")]
    Editor,
    #[role(implies = "admin")]
    User,
    Guest,
}

fn main() {}
