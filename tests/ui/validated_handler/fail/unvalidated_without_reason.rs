//~ `#[unvalidated]` needs its reason in writing
use actix_web::web::Bytes;
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
async fn upload(#[unvalidated] _body: Bytes) -> &'static str {
    ""
}

fn main() {}
