//~ `#[public]` stands twice on one handler
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
