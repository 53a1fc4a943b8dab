//~ a public route that changes state has no limit that counts every request
use secure_runtime::prelude::*;

#[post("/")]
#[public]
#[rate_limit("5/minute", count = "failures")]
async fn home() -> &'static str {
    ""
}

fn main() {}
