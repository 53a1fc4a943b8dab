//~ the input `Path<String>` cannot be validated
use actix_web::web::Path;
use secure_runtime::prelude::*;

#[get("/{id}")]
#[protected]
#[validated]
async fn show(_id: Path<String>) -> &'static str {
    ""
}

fn main() {}
