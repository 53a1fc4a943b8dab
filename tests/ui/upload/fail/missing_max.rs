//~ `max` is missing
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(types = ["image/png"])]
    file: Upload,
}

fn main() {}
