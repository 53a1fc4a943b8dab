//~ `10/minute` can never refuse in rate limit
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("10/minute; 5/hour")]
async fn home() -> &'static str {
    ""
}

fn main() {}
