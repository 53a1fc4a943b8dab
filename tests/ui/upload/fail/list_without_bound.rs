//~ nothing bounds `file`, a `Vec<Upload>`
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2MiB", types = ["image/png"])]
    file: Vec<Upload>,
}

fn main() {}
