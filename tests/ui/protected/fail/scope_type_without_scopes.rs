//~ `scope_type` does nothing here
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    ArticlesRead,
    ArticlesWrite,
}

#[get("/")]
#[protected(scope_type = Scope)]
async fn home() -> &'static str {
    ""
}

fn main() {}
