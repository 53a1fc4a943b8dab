//~ `guard` takes a string
use secure_runtime::prelude::*;

#[get("/", guard = never)]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
