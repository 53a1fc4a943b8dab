//~ `Checked<Form<Avatar>>` would have to hold files
use actix_web::{Responder, web::Form};
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Avatar {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Upload,
}

#[post("/form")]
#[protected]
#[validated]
async fn take(form: Checked<Form<Avatar>>) -> impl Responder {
    let _ = form;
    ""
}

fn main() {}
