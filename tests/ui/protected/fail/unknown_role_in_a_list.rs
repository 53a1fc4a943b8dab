//~ unknown role `moderator`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = ["admin", "moderator"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
