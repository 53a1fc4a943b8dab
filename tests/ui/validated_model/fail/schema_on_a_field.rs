//~ `schema` belongs on the struct
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(schema(function = check))]
    count: u32,
}

fn main() {}
