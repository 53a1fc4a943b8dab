//~ `mfa = …` in `#[protected]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected(mfa = "required")]
async fn home() -> &'static str {
    ""
}

fn main() {}
