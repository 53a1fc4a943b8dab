//~ `custom` names no `function`
use secure_runtime::prelude::*;

#[validated]
struct Note {
    #[validate(custom)]
    count: u32,
}

fn main() {}
