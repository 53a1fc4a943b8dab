//~ `#[protected]` or `#[public]`, not both
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
