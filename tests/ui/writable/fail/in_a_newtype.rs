//~ `#[writable]` belongs on a field with a name
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[validated]
struct Rank(#[writable(roles = "admin")] Option<u32>);

fn main() {}
