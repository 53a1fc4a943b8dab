//~ decimal period `0.5`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/0.5 minutes")]
async fn home() -> &'static str {
    ""
}

fn main() {}
