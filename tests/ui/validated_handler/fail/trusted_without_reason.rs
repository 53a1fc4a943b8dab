//~ `#[trusted]` needs its reason in writing
use actix_web::http::Uri;
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home(#[trusted] _uri: Uri) -> &'static str {
    ""
}

fn main() {}
