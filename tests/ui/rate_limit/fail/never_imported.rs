//~ cannot find attribute `rate_limit`
use secure_runtime::{get, public};

#[get("/")]
#[public]
#[rate_limit("5/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
