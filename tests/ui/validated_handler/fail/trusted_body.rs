//~ the input `String` cannot be trusted
use secure_runtime::prelude::*;

#[post("/notes")]
#[protected]
async fn create(#[trusted = "because it looks harmless"] body: String) -> String {
    body
}

fn main() {}
