//~ `image/png` is listed twice
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png", "image/png"])]
    file: Upload,
}

fn main() {}
