//~ does not say who may call it
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[validated]
async fn create(_note: Json<Note>) -> &'static str {
    ""
}

fn main() {}
