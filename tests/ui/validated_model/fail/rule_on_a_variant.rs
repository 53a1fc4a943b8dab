//~ `#[validate]` belongs on a field
use secure_runtime::prelude::*;

#[validated]
enum Choice {
    #[validate(range(max = 5))]
    Number(u32),
}

fn main() {}
