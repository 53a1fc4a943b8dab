//~ unknown key `implied` in `#[role]`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(implied = "user")]
    Admin,
    User,
}

fn main() {}
