//~ the input `Json<CurrentUser>` cannot be validated
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
#[validated]
async fn create(_user: Json<CurrentUser>) -> &'static str {
    ""
}

fn main() {}
