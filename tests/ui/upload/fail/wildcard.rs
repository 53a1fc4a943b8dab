//~ `image/*` is no type
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/*"])]
    file: Upload,
}

fn main() {}
