//~ `max_side` is for images
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["text/csv"], max_side = 100)]
    file: Upload,
}

fn main() {}
