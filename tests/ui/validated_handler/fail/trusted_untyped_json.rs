//~ the input `Json<serde_json::Value>` cannot be trusted
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
async fn create(#[trusted = "because I say so"] _note: Json<serde_json::Value>) -> &'static str {
    ""
}

fn main() {}
