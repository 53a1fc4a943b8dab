//~ a second route attribute on one handler
use secure_runtime::prelude::*;

#[public]
#[actix_web::get("/a")]
#[actix_web::get("/b")]
async fn home() -> &'static str {
    ""
}

fn main() {}
