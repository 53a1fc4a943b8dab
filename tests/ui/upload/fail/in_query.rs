//~ `Query<Avatar>` would have to hold files
use actix_web::{Responder, web::Query};
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Avatar {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Upload,
}

#[post("/form")]
#[protected]
#[validated]
async fn take(form: Query<Avatar>) -> impl Responder {
    let _ = form;
    ""
}

fn main() {}
