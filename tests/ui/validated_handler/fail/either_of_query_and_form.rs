//~ nothing says which side of `Either<Query<Note>, Form<Note>>` a request means
use actix_web::{
    Either,
    web::{Form, Query},
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
async fn create(_note: Either<Query<Note>, Form<Note>>) -> &'static str {
    ""
}

fn main() {}
