//~ unknown key `role`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(role = "admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
