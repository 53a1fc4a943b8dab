//~ CurrentUser: serde::Deserialize<'de>` is not satisfied
use actix_web::web::Json;
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
async fn create(
    #[unvalidated = "because the client knows who it is"] _user: Json<CurrentUser>,
) -> &'static str {
    ""
}

fn main() {}
