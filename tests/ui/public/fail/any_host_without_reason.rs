//~ `any_host` needs its reason in writing
use actix_web::Responder;
use secure_runtime::prelude::*;

#[get("/health")]
#[public(any_host = "")]
async fn health() -> impl Responder {
    "ok"
}

fn main() {}
