//~ `roles` is an empty list
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = [])]
async fn home() -> &'static str {
    ""
}

fn main() {}
