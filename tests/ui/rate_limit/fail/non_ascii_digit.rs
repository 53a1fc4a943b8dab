//~ is not written in ASCII digits
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("٥/minute")]
async fn home() -> &'static str {
    ""
}

fn main() {}
