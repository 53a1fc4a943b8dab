//~ `#[routes]` has no route below it
use secure_runtime::prelude::*;

#[routes]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
