//~ unknown credential `baerer`
use secure_runtime::prelude::*;

#[get("/")]
#[protected(via = "baerer")]
async fn home() -> &'static str {
    ""
}

fn main() {}
