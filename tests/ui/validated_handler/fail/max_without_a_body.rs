//~ `max` bounds a body, and this handler reads none
use actix_web::web::{Path, Query};
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[get("/{id}")]
#[protected]
#[validated(max = "64KiB")]
async fn create(_id: Path<u64>, _note: Option<Query<Note>>) -> &'static str {
    ""
}

fn main() {}
