//~ `home` does not say who may call it
use secure_runtime::prelude::*;

#[routes]
#[get("/")]
#[get("/home")]
async fn home() -> &'static str {
    ""
}

fn main() {}
