//~ `#[route]` names no method
use secure_runtime::prelude::*;

#[route("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
