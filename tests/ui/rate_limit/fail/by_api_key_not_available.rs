//~ not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
#[rate_limit("5/minute", by = "api_key")]
async fn home() -> &'static str {
    ""
}

fn main() {}
