//~ `NotRoles` is not an enum of roles
use secure_runtime::prelude::*;

enum NotRoles {
    Admin,
}

#[get("/")]
#[protected(roles = "admin", role_type = NotRoles)]
async fn home() -> &'static str {
    ""
}

fn main() {}
