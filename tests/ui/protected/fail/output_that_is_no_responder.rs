//~ Responder` is not satisfied
use secure_runtime::prelude::*;

struct Page;

#[get("/")]
#[protected]
async fn home() -> Page {
    Page
}

fn main() {}
