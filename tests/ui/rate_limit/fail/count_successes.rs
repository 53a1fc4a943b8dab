//~ unknown `count` of a limit: `successes`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", count = "successes")]
async fn home() -> &'static str {
    ""
}

fn main() {}
