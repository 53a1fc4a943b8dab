//~ two arguments read the body
use actix_web::{Responder, web::Json};
use secure_runtime::{prelude::*, upload::{Multipart, Upload}};

#[validated]
struct Avatar {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Upload,
}

#[validated]
struct Numbers {
    number: u32,
}

#[post("/form")]
#[protected]
#[validated]
async fn take(form: Multipart<Avatar>, other: Json<Numbers>) -> impl Responder {
    let _ = (form, other);
    ""
}

fn main() {}
