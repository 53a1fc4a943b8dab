//~ unknown scope `articles:raed` in `implies`
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    #[scope(implies = "articles:raed")]
    ArticlesWrite,
    ArticlesRead,
}

fn main() {}
