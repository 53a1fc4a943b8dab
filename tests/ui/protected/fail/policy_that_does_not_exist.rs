//~ cannot find type `OnDuty` in this scope
use secure_runtime::prelude::*;

#[get("/")]
#[protected(policy = OnDuty)]
async fn home() -> &'static str {
    ""
}

fn main() {}
