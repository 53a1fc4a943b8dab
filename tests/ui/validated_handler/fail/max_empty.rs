//~ `max` holds an empty word
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated(max = "")]
async fn create(_note: Json<Note>) -> &'static str {
    ""
}

fn main() {}
