//~ FromRequest` is not satisfied
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home(#[trusted = "because it carries nothing"] _number: u8) -> &'static str {
    ""
}

fn main() {}
