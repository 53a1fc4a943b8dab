//~ mismatched types
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home() -> &'static str {
    42
}

fn main() {}
