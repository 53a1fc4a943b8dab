//~ `image/svg+xml` is no picture but a page
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png", "image/svg+xml"])]
    file: Upload,
}

fn main() {}
