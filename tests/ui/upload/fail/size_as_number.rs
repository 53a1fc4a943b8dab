//~ `max` takes a string
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = 2048, types = ["image/png"])]
    file: Upload,
}

fn main() {}
