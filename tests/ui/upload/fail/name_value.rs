//~ `#[upload]` takes its arguments in brackets
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload = "2MiB"]
    file: Upload,
}

fn main() {}
