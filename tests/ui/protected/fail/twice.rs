//~ `#[protected]` stands twice on one handler
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
#[protected]
async fn home() -> &'static str {
    ""
}

fn main() {}
