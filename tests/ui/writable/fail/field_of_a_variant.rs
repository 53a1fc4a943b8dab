//~ `#[writable]` goes on a field that may be left out
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
#[serde(tag = "type")]
enum Change {
    Rank {
        #[writable(roles = "admin")]
        rank: u32,
    },
}

fn main() {}
