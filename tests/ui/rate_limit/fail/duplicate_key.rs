//~ `burst` is given twice
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", burst = 3, burst = 4)]
async fn home() -> &'static str {
    ""
}

fn main() {}
