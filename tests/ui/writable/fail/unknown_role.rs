//~ unknown role `amdin`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "amdin")]
    rank: Option<u32>,
}

fn main() {}
