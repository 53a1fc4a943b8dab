//~ `#[upload]` stands twice on one field
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"])]
    #[upload(max = "1MiB", types = ["image/png"])]
    file: Upload,
}

fn main() {}
