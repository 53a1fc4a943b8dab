//~ `Role` is not an enum of roles
use secure_runtime::{get, protected};

enum Role {
    Admin,
}

#[get("/")]
#[protected(roles = "admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
