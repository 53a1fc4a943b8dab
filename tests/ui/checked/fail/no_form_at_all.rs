//~ is no form, and only forms are shown again
use secure_runtime::prelude::*;

#[validated]
pub struct Note {
    #[validate(length(max = 100))]
    text: String,
}

#[post("/notes")]
#[protected]
#[validated]
async fn write_note(_note: Checked<Note>) -> &'static str {
    ""
}

fn main() {}
