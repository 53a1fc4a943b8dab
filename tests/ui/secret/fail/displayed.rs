//~ doesn't implement `std::fmt::Display`
use secure_runtime::Secret;

fn show(secret: &Secret<String>) -> String {
    format!("{secret}")
}

fn main() {}
