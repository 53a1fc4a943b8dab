//~ this rule is not for a file
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"])]
    #[validate(email)]
    file: Upload,
}

fn main() {}
