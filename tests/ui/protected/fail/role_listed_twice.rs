//~ `admin` is listed twice
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = ["admin", "admin"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
