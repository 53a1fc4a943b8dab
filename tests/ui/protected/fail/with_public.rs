//~ `#[protected]` or `#[public]`, not both
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[protected]
async fn home() -> &'static str {
    ""
}

fn main() {}
