//~ 
use secure_runtime::prelude::*;

struct Notes;

impl Notes {
    #[protected]
    async fn list() -> &'static str {
        ""
    }
}

fn main() {}
