//~ a public route that changes state has no limit that counts every request
use secure_runtime::prelude::*;

#[post("/")]
#[public]
async fn home() -> &'static str {
    ""
}

fn main() {}
