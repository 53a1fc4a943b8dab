//~ `#[get]` needs its path
use secure_runtime::prelude::*;

#[get]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
