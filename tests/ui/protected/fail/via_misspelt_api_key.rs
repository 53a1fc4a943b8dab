//~ unknown credential `apikey`
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    NotesRead,
}

#[get("/")]
#[protected(scopes = "notes:read", via = "apikey")]
#[rate_limit("5/minute", by = "api_key")]
async fn home() -> &'static str {
    ""
}

fn main() {}
