//~ amount `0`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("0/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
