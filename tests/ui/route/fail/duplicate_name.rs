//~ `name` is given twice
use secure_runtime::prelude::*;

#[get("/", name = "a", name = "b")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
