//~ doesn't implement `std::fmt::Display`
use secure_runtime::token::keys::Es256Key;

fn show(key: &Es256Key) -> String {
    format!("{key}")
}

fn main() {}
