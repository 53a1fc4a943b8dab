//~ cannot find type `Role` in this scope
use secure_runtime::{get, protected};

#[get("/")]
#[protected(roles = "admin")]
async fn home() -> &'static str {
    ""
}

fn main() {}
