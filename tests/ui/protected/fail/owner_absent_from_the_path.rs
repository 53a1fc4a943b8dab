//~ has no parameter `user_id`
use secure_runtime::prelude::*;

#[get("/users/{id}")]
#[protected(owner = "user_id")]
async fn home() -> &'static str {
    ""
}

fn main() {}
