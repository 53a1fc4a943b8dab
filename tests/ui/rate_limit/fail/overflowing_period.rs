//~ is too long
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/11 years")]
async fn home() -> &'static str {
    ""
}

fn main() {}
