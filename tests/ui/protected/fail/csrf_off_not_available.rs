//~ `csrf_off = …` in `#[protected]` is not available in this version
use secure_runtime::prelude::*;

#[get("/")]
#[protected(csrf_off = "because it is called by a machine")]
async fn home() -> &'static str {
    ""
}

fn main() {}
