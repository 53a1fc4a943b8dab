//~ `17MiB` is too large for a body that is read whole
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated(max = "17MiB")]
async fn create(_note: Json<Note>) -> &'static str {
    ""
}

fn main() {}
