//~ unknown key `owner`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "admin", owner = "id")]
    rank: Option<u32>,
}

fn main() {}
