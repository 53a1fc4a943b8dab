//~ nothing bounds `Inner`, a `Inner`
use secure_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Inner {
    _number: u32,
}

#[validated]
#[serde(tag = "type", content = "content")]
enum Choice {
    Inner(Inner),
}

fn main() {}
