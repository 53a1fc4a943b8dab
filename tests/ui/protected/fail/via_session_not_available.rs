//~ `via = "session"` in `#[protected]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected(via = "session")]
async fn home() -> &'static str {
    ""
}

fn main() {}
