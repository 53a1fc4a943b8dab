//~ unknown role `boss`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "boss", role_type = Role)]
    rank: Option<u32>,
}

fn main() {}
