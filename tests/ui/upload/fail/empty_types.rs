//~ `types` is an empty list
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = [])]
    file: Upload,
}

fn main() {}
