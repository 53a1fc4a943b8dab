//~ a limit by API key on a public route
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", by = "api_key")]
async fn home() -> &'static str {
    ""
}

fn main() {}
