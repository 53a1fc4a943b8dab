//~ `policy = …` in `#[protected]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected(policy = CanEdit)]
async fn home() -> &'static str {
    ""
}

fn main() {}
