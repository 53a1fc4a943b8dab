//~ `csrf_off` is given twice
use secure_runtime::prelude::*;

#[post("/")]
#[protected(csrf_off = "because of one thing", csrf_off = "because of another")]
async fn home() -> &'static str {
    ""
}

fn main() {}
