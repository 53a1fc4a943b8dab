//~ the scope `articles:read` is named twice
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    ArticlesRead,
    #[scope(name = "articles:read")]
    ReadArticles,
}

fn main() {}
