//~ `get` is no method in upper case
use secure_runtime::prelude::*;

#[route("/", method = "get")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
