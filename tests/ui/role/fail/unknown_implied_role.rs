//~ unknown role `usr` in `implies`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(implies = "usr")]
    Admin,
    User,
}

fn main() {}
