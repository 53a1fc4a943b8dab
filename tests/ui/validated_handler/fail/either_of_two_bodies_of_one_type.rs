//~ nothing says which side of `Either<Json<Note>, Json<u32>>` a request means
use actix_web::{
    Either,
    web::{Json},
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
async fn create(_note: Either<Json<Note>, Json<u32>>) -> &'static str {
    ""
}

fn main() {}
