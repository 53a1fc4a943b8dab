//~ `via` is an empty list
use secure_runtime::prelude::*;

#[get("/")]
#[protected(via = [])]
async fn home() -> &'static str {
    ""
}

fn main() {}
