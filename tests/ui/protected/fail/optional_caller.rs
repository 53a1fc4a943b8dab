//~ a protected route always has a caller
use secure_runtime::prelude::*;

#[get("/")]
#[protected]
async fn home(_user: Option<CurrentUser>) -> &'static str {
    ""
}

fn main() {}
