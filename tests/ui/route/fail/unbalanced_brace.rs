//~ `{` without `}` in path pattern
use secure_runtime::prelude::*;

#[get("/notes/{id")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
