//~ `burst` takes a whole number from 1
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", burst = 0)]
async fn home() -> &'static str {
    ""
}

fn main() {}
