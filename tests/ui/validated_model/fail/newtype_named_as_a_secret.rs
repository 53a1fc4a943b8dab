//~ the name `new_password` says secret
use secure_runtime::prelude::*;

#[validated]
struct NewPassword(#[validate(length(max = 100))] String);

fn main() {}
