//~ takes `key = value` arguments
use secure_runtime::prelude::*;

#[post("/")]
#[public(unlimited)]
async fn home() -> &'static str {
    ""
}

fn main() {}
