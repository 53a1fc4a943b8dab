//~ `#[writable]` does not say for whom
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Note {
    #[writable()]
    rank: Option<u32>,
}

fn main() {}
