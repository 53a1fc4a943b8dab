//~ nothing says which side
use actix_web::{
    Either,
    web::{Form, Json},
};
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated]
async fn create(_note: Either<Json<Note>, Checked<Form<Note>>>) -> &'static str {
    ""
}

fn main() {}
