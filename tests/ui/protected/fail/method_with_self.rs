//~ goes on a function, and this is a method
use secure_runtime::prelude::*;

struct Notes;

impl Notes {
    #[protected]
    async fn list(&self) -> &'static str {
        ""
    }
}

fn main() {}
