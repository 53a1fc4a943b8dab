//~ `#[writable]` does nothing on a field that is not read
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "admin")]
    #[serde(skip)]
    rank: Option<u32>,
}

fn main() {}
