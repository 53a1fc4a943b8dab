//~ path pattern does not start with `/`
use secure_runtime::prelude::*;

#[get("home")]
#[protected(rolls = "admin", via = "cookie")]
#[rate_limit("5/minuet")]
async fn home() -> &'static str {
    ""
}

fn main() {}
