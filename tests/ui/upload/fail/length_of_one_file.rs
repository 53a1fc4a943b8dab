//~ this rule is not for a file
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"])]
    #[validate(length(max = 5))]
    file: Upload,
}

fn main() {}
