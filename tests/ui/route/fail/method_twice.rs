//~ the method `GET` is given twice
use secure_runtime::prelude::*;

#[route("/", method = "GET", method = "GET")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
