//~ unknown key `usr` of a limit
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
#[rate_limit("5/minute", by = "usr")]
async fn home() -> &'static str {
    ""
}

fn main() {}
