//~ an API key may do what its scopes say, and the attribute names none
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
}

#[get("/")]
#[protected(roles = "admin", via = ["bearer", "api_key"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
