//~ `csrf_off` needs its reason in writing
use secure_runtime::prelude::*;

#[post("/")]
#[protected(csrf_off = true)]
async fn home() -> &'static str {
    ""
}

fn main() {}
