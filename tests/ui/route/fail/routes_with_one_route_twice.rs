//~ the route `GET /` is named twice
use secure_runtime::prelude::*;

#[routes]
#[get("/")]
#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
