//~ `Password` doesn't implement `std::fmt::Display`
use secure_runtime::field::Password;

fn show(password: &Password) -> String {
    format!("{password}")
}

fn main() {}
