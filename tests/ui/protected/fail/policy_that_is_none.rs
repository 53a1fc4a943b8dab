//~ `OnDuty` is no `AccessPolicy`
use secure_runtime::prelude::*;

struct OnDuty;

#[get("/")]
#[protected(policy = OnDuty)]
async fn home() -> &'static str {
    ""
}

fn main() {}
