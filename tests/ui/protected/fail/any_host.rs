//~ unknown key `any_host` in `#[protected]`
use actix_web::Responder;
use secure_runtime::prelude::*;

#[get("/health")]
#[protected(any_host = "because probes name no host")]
async fn health() -> impl Responder {
    "ok"
}

fn main() {}
