//~ `max` beside a `Multipart<…>`
use actix_web::Responder;
use secure_runtime::{prelude::*, upload::{Multipart, Upload}};

#[validated]
struct Avatar {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Upload,
}

#[post("/form")]
#[protected]
#[validated(max = "64KiB")]
async fn take(form: Multipart<Avatar>) -> impl Responder {
    let _ = form;
    ""
}

fn main() {}
