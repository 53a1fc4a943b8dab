//~ `roles` takes a string or a list of strings
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = Role::Admin)]
async fn home() -> &'static str {
    ""
}

fn main() {}
