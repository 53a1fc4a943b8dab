//~ constant provided when a type was expected
use actix_web::HttpRequest;
use secure_runtime::prelude::*;

fn on_duty(_: &HttpRequest) -> bool {
    true
}

#[get("/")]
#[protected(policy = on_duty)]
async fn home() -> &'static str {
    ""
}

fn main() {}
