//~ `#[writable]` stands twice on one field
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "admin")]
    #[writable(roles = "user")]
    rank: Option<u32>,
}

fn main() {}
