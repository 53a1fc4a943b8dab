//~ nothing says how large `file` may be
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[serde(rename = "picture")]
    file: Option<Upload>,
}

fn main() {}
