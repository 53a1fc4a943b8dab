//~ expected type, found derive macro `Role`
use secure_runtime::prelude::*;

#[get("/")]
#[protected(roles = "admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
