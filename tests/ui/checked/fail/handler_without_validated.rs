//~ this input is not validated
use actix_web::web::Form;
use secure_runtime::prelude::*;

#[validated]
pub struct Note {
    #[validate(length(max = 100))]
    text: String,
}

#[post("/notes")]
#[protected]
async fn write_note(_note: Checked<Form<Note>>) -> &'static str {
    ""
}

fn main() {}
