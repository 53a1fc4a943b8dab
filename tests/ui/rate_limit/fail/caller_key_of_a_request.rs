//~ mismatched types
use actix_web::HttpRequest;
use secure_runtime::prelude::*;

fn tenant(request: &HttpRequest) -> Option<String> {
    request.match_info().get("tenant").map(str::to_owned)
}

#[get("/{tenant}")]
#[protected]
#[rate_limit("5/minute", caller_key = tenant)]
async fn home() -> &'static str {
    ""
}

fn main() {}
