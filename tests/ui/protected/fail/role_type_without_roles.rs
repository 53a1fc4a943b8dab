//~ `role_type` does nothing here
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(role_type = Role)]
async fn home() -> &'static str {
    ""
}

fn main() {}
