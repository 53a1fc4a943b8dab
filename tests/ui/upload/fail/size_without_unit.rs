//~ missing unit after `2048` in size
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2048", types = ["image/png"])]
    file: Upload,
}

fn main() {}
