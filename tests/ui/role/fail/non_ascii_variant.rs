//~ `größe` cannot be a role
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Größe,
}

fn main() {}
