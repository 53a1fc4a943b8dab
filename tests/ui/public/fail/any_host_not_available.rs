//~ `any_host = …` in `#[public]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[public(any_host = "because probes name no host")]
async fn home() -> &'static str {
    ""
}

fn main() {}
