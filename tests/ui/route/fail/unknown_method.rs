//~ 
use secure_runtime::prelude::*;

#[route("/", method = "GTE")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
