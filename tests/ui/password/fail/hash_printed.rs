//~ doesn't implement `std::fmt::Display`
use secure_runtime::password::PasswordHash;

fn show(hash: &PasswordHash) -> String {
    format!("{hash}")
}

fn main() {}
