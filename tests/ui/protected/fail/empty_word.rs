//~ `roles` holds an empty word
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = ["admin", ""])]
async fn home() -> &'static str {
    ""
}

fn main() {}
