//~ cannot find attribute `role`
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    #[role(name = "articles:read")]
    ArticlesRead,
}

fn main() {}
