//~ a handler is an `async fn`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
fn home() -> &'static str {
    ""
}

fn main() {}
