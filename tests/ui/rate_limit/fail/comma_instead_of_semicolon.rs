//~ unexpected `,` between two quotas of the rate limit
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute, 100/day")]
async fn home() -> &'static str {
    ""
}

fn main() {}
