//~ a public route may have no caller
use secure_runtime::prelude::*;

#[get("/")]
#[public]
async fn home(_user: CurrentUser) -> &'static str {
    ""
}

fn main() {}
