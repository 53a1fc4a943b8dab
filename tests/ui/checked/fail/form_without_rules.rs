//~ the input `Checked<Form<Note>>` cannot be validated
use actix_web::web::Form;
use secure_runtime::prelude::*;

pub struct Note {
    pub text: String,
}

#[post("/notes")]
#[protected]
#[validated]
async fn write_note(_note: Checked<Form<Note>>) -> &'static str {
    ""
}

fn main() {}
