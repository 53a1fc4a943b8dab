//~ `or_roles` stands in for `owner`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(or_roles = "admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
