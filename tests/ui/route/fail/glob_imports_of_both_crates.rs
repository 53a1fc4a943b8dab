//~ `get` is ambiguous
use actix_web::*;
use secure_runtime::prelude::*;

#[get("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
