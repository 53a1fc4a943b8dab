//~ `unlimited` is given twice
use secure_runtime::prelude::*;

#[post("/")]
#[public(unlimited = "because it is cheap", unlimited = "because")]
async fn home() -> &'static str {
    ""
}

fn main() {}
