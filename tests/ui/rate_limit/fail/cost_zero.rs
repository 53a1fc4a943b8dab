//~ `cost` takes a whole number from 1
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", cost = 0)]
async fn home() -> &'static str {
    ""
}

fn main() {}
