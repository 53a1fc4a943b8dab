//~ unknown key `burts`
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute", burts = 3)]
async fn home() -> &'static str {
    ""
}

fn main() {}
