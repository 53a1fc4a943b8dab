//~ `#[upload]` goes on an `Upload`
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Box<Upload>,
}

fn main() {}
