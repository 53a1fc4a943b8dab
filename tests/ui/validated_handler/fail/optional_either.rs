//~ cannot be left out
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
async fn create(_note: Option<Either<Json<Note>, Form<Note>>>) -> &'static str {
    ""
}

fn main() {}
