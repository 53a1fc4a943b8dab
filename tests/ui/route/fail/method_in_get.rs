//~ `#[get]` has its method in its name
use secure_runtime::prelude::*;

#[get("/", method = "POST")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
