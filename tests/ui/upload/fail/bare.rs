//~ `max` is missing
use secure_runtime::{prelude::*, upload::Upload};

#[validated]
struct Form {
    #[upload]
    file: Upload,
}

fn main() {}
