//~ an enum of roles has no generic parameters
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role<T> {
    Admin,
    User(T),
}

fn main() {}
