//~ `home` does not say who may call it
use secure_runtime::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    ""
}

fn main() {}
