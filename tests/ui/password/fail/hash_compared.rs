//~ binary operation `==` cannot be applied to type `&PasswordHash`
use secure_runtime::password::PasswordHash;

fn same(one: &PasswordHash, other: &PasswordHash) -> bool {
    one == other
}

fn main() {}
