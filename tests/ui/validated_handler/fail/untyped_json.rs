//~ the input `Json<serde_json::Value>` cannot be validated
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
#[validated]
async fn create(_note: Json<serde_json::Value>) -> &'static str {
    ""
}

fn main() {}
