//~ binary operation `==` cannot be applied
use secure_runtime::Secret;

fn same(one: Secret<String>, other: Secret<String>) -> bool {
    one == other
}

fn main() {}
