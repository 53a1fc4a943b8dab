//~ `max` is given twice
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "1MiB", max = "2MiB", types = ["image/png"])]
    file: Upload,
}

fn main() {}
