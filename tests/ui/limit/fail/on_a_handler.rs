//~ `limit!`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[limit("5/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
