//~ `fresh = …` in `#[protected]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected(fresh = "5m")]
async fn home() -> &'static str {
    ""
}

fn main() {}
