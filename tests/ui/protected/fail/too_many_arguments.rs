//~ a handler takes at most 16 arguments
use secure_runtime::prelude::*;

use actix_web::HttpRequest;

#[get("/")]
#[protected]
#[rustfmt::skip]
async fn home(
    _1: HttpRequest, _2: HttpRequest, _3: HttpRequest, _4: HttpRequest, _5: HttpRequest, _6: HttpRequest,
    _7: HttpRequest, _8: HttpRequest, _9: HttpRequest, _10: HttpRequest, _11: HttpRequest, _12: HttpRequest,
    _13: HttpRequest, _14: HttpRequest, _15: HttpRequest, _16: HttpRequest, _17: HttpRequest,
) -> &'static str {
    ""
}

fn main() {}
