//~ negative amount `-5`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("-5/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
