//~ can never pass a limit of 3
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("50/minute", burst = 3, cost = 4)]
async fn home() -> &'static str {
    ""
}

fn main() {}
