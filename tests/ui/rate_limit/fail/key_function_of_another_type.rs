//~ mismatched types
use secure_runtime::prelude::*;

fn tenant(name: &str) -> String {
    name.to_owned()
}

#[get("/")]
#[public]
#[rate_limit("5/minute", key = tenant)]
async fn home() -> &'static str {
    ""
}

fn main() {}
