//~ `#[writable]` and a default of its own
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

fn one() -> Option<u32> {
    Some(1)
}

#[validated]
struct Note {
    #[writable(roles = "admin")]
    #[serde(default = "one")]
    rank: Option<u32>,
}

fn main() {}
