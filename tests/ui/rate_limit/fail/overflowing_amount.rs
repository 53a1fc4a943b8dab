//~ is too large
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("4294967296/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
