//~ unknown key `gaurd` in `#[get]`
use secure_runtime::prelude::*;

#[get("/", gaurd = "never")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
