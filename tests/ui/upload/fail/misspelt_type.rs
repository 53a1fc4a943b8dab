//~ did you mean `image/jpeg`?
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/jpg"])]
    file: Upload,
}

fn main() {}
