//~ `burst` cannot count failures only
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", burst = 3, count = "failures")]
async fn home() -> &'static str {
    ""
}

fn main() {}
