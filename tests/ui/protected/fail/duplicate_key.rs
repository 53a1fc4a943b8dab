//~ `roles` is given twice
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = "admin", roles = "user")]
async fn home() -> &'static str {
    ""
}

fn main() {}
