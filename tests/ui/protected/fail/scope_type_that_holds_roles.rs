//~ `Role` is not an enum of scopes
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected(scopes = "admin", scope_type = Role)]
async fn home() -> &'static str {
    ""
}

fn main() {}
