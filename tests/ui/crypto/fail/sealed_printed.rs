//~ doesn't implement `std::fmt::Display`
use secure_runtime::crypto::Sealed;

fn show(sealed: &Sealed<String>) -> String {
    format!("{sealed}")
}

fn main() {}
