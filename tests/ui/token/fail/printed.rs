//~ doesn't implement `std::fmt::Display`
use secure_runtime::token::{Access, Token};

fn show(token: &Token<Access>) -> String {
    format!("{token}")
}

fn main() {}
