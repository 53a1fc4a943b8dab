//~ `unlimited` needs its reason in writing
use secure_runtime::prelude::*;

#[post("/")]
#[public(unlimited = true)]
async fn home() -> &'static str {
    ""
}

fn main() {}
