//~ `types` takes a string or a list of strings
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = PNG)]
    file: Upload,
}

fn main() {}
