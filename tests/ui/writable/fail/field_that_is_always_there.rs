//~ `#[writable]` goes on a field that may be left out, and `rank` is a `u32`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable(roles = "admin")]
    rank: u32,
}

fn main() {}
