//~ can never pass a limit of 5
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", cost = 6)]
async fn home() -> &'static str {
    ""
}

fn main() {}
