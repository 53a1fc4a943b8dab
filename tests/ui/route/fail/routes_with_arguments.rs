//~ `#[routes]` takes no arguments
use secure_runtime::prelude::*;

#[routes("/")]
#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
