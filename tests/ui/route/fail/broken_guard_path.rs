//~ `guard` takes the path of a function
use secure_runtime::prelude::*;

#[get("/", guard = "not a path")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
