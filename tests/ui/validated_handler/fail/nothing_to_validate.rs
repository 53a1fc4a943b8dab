//~ `#[validated]` has no input to validate
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
#[validated]
async fn home() -> &'static str {
    ""
}

fn main() {}
