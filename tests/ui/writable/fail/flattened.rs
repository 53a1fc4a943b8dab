//~ `#[writable]` and `flatten`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Author {
    name: u32,
}

#[validated(unknown = "ignore")]
struct Note {
    #[writable(roles = "admin")]
    #[serde(flatten)]
    author: Option<Author>,
}

fn main() {}
