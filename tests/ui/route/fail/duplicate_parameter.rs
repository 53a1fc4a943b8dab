//~ parameter `id` twice in path pattern
use secure_runtime::prelude::*;

#[get("/users/{id}/notes/{id}")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
