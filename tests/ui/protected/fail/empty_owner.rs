//~ `owner` holds an empty word
use secure_runtime::prelude::*;

#[get("/users/{id}")]
#[protected(owner = "")]
async fn home() -> &'static str {
    ""
}

fn main() {}
