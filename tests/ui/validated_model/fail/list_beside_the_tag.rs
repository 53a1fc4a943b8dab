//~ which has no fields to stand beside the tag
use secure_runtime::prelude::*;

#[validated]
#[serde(tag = "type")]
enum Choice {
    Numbers(#[validate(length(max = 3))] Vec<u32>),
}

fn main() {}
