//~ unknown scope `articles:raed`
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    ArticlesRead,
    ArticlesWrite,
}

#[get("/")]
#[protected(scopes = ["articles:raed"])]
async fn home() -> &'static str {
    ""
}

fn main() {}
