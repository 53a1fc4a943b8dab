//~ path pattern does not start with `/`
use secure_runtime::prelude::*;

#[get("home")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
