//~ `Bytes` can be neither validated nor recognised
use actix_web::web::Bytes;
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
#[validated]
async fn upload(_body: Bytes) -> &'static str {
    ""
}

fn main() {}
