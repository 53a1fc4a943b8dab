//~ space in size
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated(max = "64 KiB")]
async fn create(_note: Json<Note>) -> &'static str {
    ""
}

fn main() {}
