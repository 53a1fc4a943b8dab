//~ `application/zip` is no type whose content can be checked
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["application/zip"])]
    file: Upload,
}

fn main() {}
