//~ did you mean `user_id`?
use secure_runtime::prelude::*;

#[get("/users/{user_id}")]
#[protected(owner = "userid")]
async fn home() -> &'static str {
    ""
}

fn main() {}
