//~ `roles` is an empty list
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = [])]
    rank: Option<u32>,
}

fn main() {}
