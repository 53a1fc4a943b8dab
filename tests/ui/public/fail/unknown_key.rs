//~ unknown key `unlimitd`
use secure_runtime::prelude::*;

#[get("/")]
#[public(unlimitd = "because it is cheap")]
async fn home() -> &'static str {
    ""
}

fn main() {}
