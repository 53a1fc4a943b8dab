//~ unknown key `maximum`
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(maximum = "2MiB", max = "2MiB", types = ["image/png"])]
    file: Upload,
}

fn main() {}
