//~ is no header name
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", header = "x tenant")]
async fn home() -> &'static str {
    ""
}

fn main() {}
