//~ a limit has one key
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", by = "ip", header = "x-tenant")]
async fn home() -> &'static str {
    ""
}

fn main() {}
