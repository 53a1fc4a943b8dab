//~ goes on a function, and this is a method
use secure_runtime::prelude::*;

struct Notes;

impl Notes {
    #[get("/")]
    #[public]
    async fn list(&self) -> &'static str {
        ""
    }
}

fn main() {}
