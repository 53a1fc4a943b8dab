//~ binary operation `==` cannot be applied
use secure_runtime::field::Password;

fn same(one: Password, other: Password) -> bool {
    one == other
}

fn main() {}
