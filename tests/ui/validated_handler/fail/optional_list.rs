//~ the input `Option<Json<Vec<Note>>>` cannot be validated
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated]
async fn create(_notes: Option<Json<Vec<Note>>>) -> &'static str {
    ""
}

fn main() {}
