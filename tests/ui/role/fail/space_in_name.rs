//~ `super admin` cannot be a role
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    #[role(name = "super admin")]
    Admin,
}

fn main() {}
