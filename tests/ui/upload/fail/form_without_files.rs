//~ `Numbers` is no form with files
use actix_web::Responder;
use secure_runtime::{prelude::*, upload::Multipart};

#[validated]
struct Numbers {
    number: u32,
}

#[post("/form")]
#[protected]
#[validated]
async fn take(form: Multipart<Numbers>) -> impl Responder {
    let _ = form;
    ""
}

fn main() {}
