//~ unknown role `Admin`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = "Admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
