//~ a handler has no generic parameters
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home<T>() -> &'static str {
    ""
}

fn main() {}
