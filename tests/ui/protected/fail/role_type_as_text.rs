//~ `role_type` takes the path of an enum
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(roles = "admin", role_type = "Role")]
async fn home() -> &'static str {
    ""
}

fn main() {}
