//~ unknown role `amdin`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = "amdin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
