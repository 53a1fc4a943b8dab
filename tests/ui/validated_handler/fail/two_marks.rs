//~ an argument has one mark
use actix_web::http::Uri;
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home(
    #[trusted = "because it carries nothing"]
    #[unvalidated = "because it is text"]
    _uri: Uri,
) -> &'static str {
    ""
}

fn main() {}
