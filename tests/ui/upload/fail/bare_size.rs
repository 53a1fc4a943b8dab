//~ `#[upload]` takes `key = value` arguments
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload("2MiB", types = ["image/png"])]
    file: Upload,
}

fn main() {}
