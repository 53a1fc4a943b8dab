//~ unknown key `role`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(role = "admin")]
    rank: Option<u32>,
}

fn main() {}
