//~ `#[writable]` belongs on a field
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
#[writable(roles = "admin")]
struct Note {
    number: u32,
}

fn main() {}
