//~ the input `Either<Json<Plain>, Form<Note>>` cannot be validated
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

struct Plain {
    _text: String,
}

#[post("/")]
#[protected]
#[validated]
async fn create(_note: Either<Json<Plain>, Form<Note>>) -> &'static str {
    ""
}

fn main() {}
