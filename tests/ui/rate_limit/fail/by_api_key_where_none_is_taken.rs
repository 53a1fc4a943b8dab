//~ a limit by API key on a route that takes none
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    NotesRead,
}

#[get("/")]
#[protected(scopes = "notes:read")]
#[rate_limit("5/minute", by = "api_key")]
async fn home() -> &'static str {
    ""
}

fn main() {}
