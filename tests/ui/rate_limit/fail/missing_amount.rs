//~ missing amount
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
