//~ `burst` belongs to one quota
use secure_runtime::prelude::*;

#[get("/")]
#[public]
#[rate_limit("5/minute; 100/day", burst = 3)]
async fn home() -> &'static str {
    ""
}

fn main() {}
