//~ `csrf_off` does nothing on a public route that begins no session
use secure_runtime::prelude::*;

#[post("/")]
#[public(unlimited = "because it is a test", csrf_off = "because it is open")]
async fn home() -> &'static str {
    ""
}

fn main() {}
