//~ two limits have the same key and the same period
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute")]
#[rate_limit("10/60 seconds")]
async fn home() -> &'static str {
    ""
}

fn main() {}
