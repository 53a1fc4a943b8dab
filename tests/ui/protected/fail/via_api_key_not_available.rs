//~ `via = "api_key"` in `#[protected]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected(via = ["bearer", "api_key"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
