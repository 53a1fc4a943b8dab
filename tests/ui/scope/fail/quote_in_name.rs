//~ cannot be a scope
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    #[scope(name = "articles\"read")]
    ArticlesRead,
}

fn main() {}
