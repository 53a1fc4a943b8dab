//~ incomplete unit `M` in size
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload(max = "2M", types = ["image/png"])]
    file: Upload,
}

fn main() {}
