//~ `#[validated]` reads the item before a `cfg_attr` comes true
use secure_runtime::prelude::*;

#[validated]
struct Account {
    #[validate(length(max = 30))]
    name: String,
    #[cfg_attr(all(), serde(skip_deserializing))]
    is_admin: bool,
}

fn main() {}
