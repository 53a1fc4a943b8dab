//~ `unlimited` does nothing on a route that changes no state
use secure_runtime::prelude::*;

#[get("/")]
#[public(unlimited = "because it is cheap")]
async fn home() -> &'static str {
    ""
}

fn main() {}
