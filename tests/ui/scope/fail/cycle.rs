//~ the scopes `articles:write` and `articles:read` imply each other
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    #[scope(implies = "articles:read")]
    ArticlesWrite,
    #[scope(implies = "articles:write")]
    ArticlesRead,
}

fn main() {}
