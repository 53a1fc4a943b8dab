//~ `owner` takes a string
use secure_runtime::prelude::*;

#[get("/users/{id}")]
#[protected(owner = ["id"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
