//~ may be nothing, and a path's parameters are always there
use actix_web::web::Path;
use secure_runtime::prelude::*;

#[post("/{id}")]
#[protected]
#[validated]
async fn create(_id: Option<Path<u64>>) -> &'static str {
    ""
}

fn main() {}
