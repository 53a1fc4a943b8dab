//~ `Option<Checked<Form<Note>>>` cannot be left out
use actix_web::web::Form;
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(length(max = 200))]
    _text: String,
}

#[post("/")]
#[protected]
#[validated]
async fn create(_note: Option<Checked<Form<Note>>>) -> &'static str {
    ""
}

fn main() {}
