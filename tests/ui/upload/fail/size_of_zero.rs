//~ is zero
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "0B", types = ["image/png"])]
    file: Upload,
}

fn main() {}
