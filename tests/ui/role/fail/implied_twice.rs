//~ `user` is listed twice
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(implies = ["user", "user"])]
    Admin,
    User,
}

fn main() {}
