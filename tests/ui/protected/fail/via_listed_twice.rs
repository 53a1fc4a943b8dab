//~ `api_key` is listed twice
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    NotesRead,
}

#[get("/")]
#[protected(scopes = "notes:read", via = ["api_key", "bearer", "api_key"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
