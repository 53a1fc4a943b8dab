//~ the input `Json<Note>` cannot be validated
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Note {
    _text: String,
}

#[post("/")]
#[protected]
#[validated]
async fn create(_note: Json<Note>) -> &'static str {
    ""
}

fn main() {}
