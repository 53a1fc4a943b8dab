//~ `caller_key` takes the path of a function
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
#[rate_limit("5/minute", caller_key = "tenant")]
async fn home() -> &'static str {
    ""
}

fn main() {}
