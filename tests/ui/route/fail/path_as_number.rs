//~ `#[get]` takes a path
use secure_runtime::prelude::*;

#[get(5)]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
