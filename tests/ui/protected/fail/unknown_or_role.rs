//~ unknown role `admins`
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/{id}")]
#[protected(owner = "id", or_roles = "admins")]
async fn home() -> &'static str {
    ""
}

fn main() {}
