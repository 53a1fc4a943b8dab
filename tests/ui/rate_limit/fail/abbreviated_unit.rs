//~ `min`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/min")]
async fn home() -> &'static str {
    ""
}

fn main() {}
