//~ a second route attribute on one handler
use secure_runtime::prelude::*;

#[get("/a")]
#[get("/b")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
