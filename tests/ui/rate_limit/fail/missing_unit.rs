//~ missing `/` or `per`, and a time unit
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5")]
async fn home() -> &'static str {
    ""
}

fn main() {}
