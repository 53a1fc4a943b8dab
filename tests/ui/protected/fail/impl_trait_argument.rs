//~ a handler's argument has a type with a name
use secure_runtime::prelude::*;

use actix_web::FromRequest;

#[get("/")]
#[protected]
async fn home(_any: impl FromRequest) -> &'static str {
    ""
}

fn main() {}
