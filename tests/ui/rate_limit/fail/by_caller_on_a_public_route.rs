//~ a limit by caller on a public route
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", by = "user")]
async fn home() -> &'static str {
    ""
}

fn main() {}
