//~ is not supported in `trait`s or `impl`s
use secure_runtime::prelude::*;

struct Notes;

impl Notes {
    #[protected]
    async fn list() -> &'static str {
        ""
    }
}

fn main() {}
