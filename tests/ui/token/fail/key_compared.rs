//~ binary operation `==` cannot be applied
use secure_runtime::token::keys::Hs256Key;

fn same(one: &Hs256Key, other: &Hs256Key) -> bool {
    *one == *other
}

fn main() {}
