//~ `unlimited` stands beside a limit
use secure_runtime::prelude::*;

#[post("/")]
#[public(unlimited = "because it is cheap")]
#[rate_limit("5/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
