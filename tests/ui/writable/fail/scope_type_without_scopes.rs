//~ `scope_type` does nothing here
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "admin", scope_type = Role)]
    rank: Option<u32>,
}

fn main() {}
