//~ this input is not validated
use actix_web::Responder;
use secure_runtime::{prelude::*, upload::{Multipart, Upload}};

#[validated]
struct Avatar {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Upload,
}

#[post("/form")]
#[protected]
async fn take(form: Multipart<Avatar>) -> impl Responder {
    let _ = form;
    ""
}

fn main() {}
