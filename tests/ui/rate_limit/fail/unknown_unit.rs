//~ unknown time unit `minuet`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minuet")]
async fn home() -> &'static str {
    ""
}

fn main() {}
