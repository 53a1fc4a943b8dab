//~ `#[trusted]` does nothing here
use actix_web::HttpRequest;
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home(#[trusted = "because it is the request"] _request: HttpRequest) -> &'static str {
    ""
}

fn main() {}
