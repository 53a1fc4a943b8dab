//~ starts with its quota, a string
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit]
async fn home() -> &'static str {
    ""
}

fn main() {}
