//~ AccountRecord: serde::Serialize` is not satisfied
use actix_web::{Responder, web::Json};
use secure_runtime::{account::AccountRecord, prelude::*};

#[get("/account")]
#[protected]
async fn account() -> impl Responder {
    Json(AccountRecord::new("7"))
}

fn main() {}
