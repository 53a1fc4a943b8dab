//~ `max_pixels` takes a whole number from 1
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"], max_pixels = 0)]
    file: Upload,
}

fn main() {}
