//~ `extractor = …` needs the feature `actix-governor`
use secure_runtime::prelude::*;

#[derive(Clone)]
struct ByTenant;

#[get("/")]
#[public]
#[rate_limit("5/minute", extractor = ByTenant)]
async fn home() -> &'static str {
    ""
}

fn main() {}
