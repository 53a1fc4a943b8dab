//~ `key` takes the path of a function
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", key = "tenant")]
async fn home() -> &'static str {
    ""
}

fn main() {}
