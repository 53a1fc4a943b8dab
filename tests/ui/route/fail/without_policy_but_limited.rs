//~ `home` does not say who may call it
use secure_runtime::prelude::*;

#[get("/")]
#[rate_limit("5/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
