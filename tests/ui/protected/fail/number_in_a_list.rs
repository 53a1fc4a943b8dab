//~ `roles` takes a list of strings
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = ["admin", 1])]
async fn home() -> &'static str {
    ""
}

fn main() {}
