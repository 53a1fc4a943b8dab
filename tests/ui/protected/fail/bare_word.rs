//~ takes `key = value` arguments
use secure_runtime::prelude::*;

#[derive(Role)]
enum Role {
    Admin,
    User,
}

#[get("/")]
#[protected("admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
