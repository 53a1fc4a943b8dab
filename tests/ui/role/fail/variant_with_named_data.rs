//~ a role carries no data
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin { level: u32 },
    User,
}

fn main() {}
