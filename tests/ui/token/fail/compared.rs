//~ binary operation `==` cannot be applied
use secure_runtime::token::{Access, Token};

fn same(one: &Token<Access>, other: &Token<Access>) -> bool {
    one == other
}

fn main() {}
