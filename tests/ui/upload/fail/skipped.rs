//~ `#[upload]` does nothing on a field that is not read
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[serde(skip)]
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Option<Upload>,
}

fn main() {}
