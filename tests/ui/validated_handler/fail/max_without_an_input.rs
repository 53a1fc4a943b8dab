//~ `max` bounds a body, and this handler reads none
use secure_runtime::prelude::*;

#[post("/")]
#[protected]
#[validated(max = "64KiB")]
async fn create(_user: CurrentUser) -> &'static str {
    ""
}

fn main() {}
