//~ the input `Json<Note>` cannot be trusted
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
async fn create(#[trusted = "because I say so"] _note: Json<Note>) -> &'static str {
    ""
}

fn main() {}
