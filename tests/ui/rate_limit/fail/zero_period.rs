//~ period `0`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/0 minutes")]
async fn home() -> &'static str {
    ""
}

fn main() {}
