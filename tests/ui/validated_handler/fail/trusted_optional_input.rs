//~ the input `Option<Json<Note>>` cannot be trusted
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
// Nothing validates.
async fn create(#[trusted = "because it may be nothing"] _note: Option<Json<Note>>) -> &'static str {
    ""
}

fn main() {}
