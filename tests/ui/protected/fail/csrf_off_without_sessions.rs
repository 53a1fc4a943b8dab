//~ `csrf_off` does nothing on a route that takes no sessions
use secure_runtime::prelude::*;

#[post("/")]
#[protected(via = "bearer", csrf_off = "because it is called by a machine")]
async fn home() -> &'static str {
    ""
}

fn main() {}
