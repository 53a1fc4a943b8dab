//~ a handler is an `async fn`
use secure_runtime::prelude::*;

#[protected]
fn home() -> &'static str {
    ""
}

fn main() {}
