//~ 
use secure_runtime::prelude::*;

#[get("/")]
#[public]
async fn home(#[trusted = "because it is the caller"] _user: CurrentUser) -> &'static str {
    ""
}

fn main() {}
