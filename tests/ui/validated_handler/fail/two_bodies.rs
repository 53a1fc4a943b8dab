//~ two arguments read the body, and the first leaves nothing to the second
use actix_web::web::{Form, Json};
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated]
async fn create(_note: Json<Note>, _form: Form<Note>) -> &'static str {
    ""
}

fn main() {}
