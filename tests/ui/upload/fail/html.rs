//~ `text/html` is a page that runs scripts
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["text/html"])]
    file: Upload,
}

fn main() {}
