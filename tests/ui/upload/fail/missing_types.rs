//~ `types` is missing
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB")]
    file: Upload,
}

fn main() {}
