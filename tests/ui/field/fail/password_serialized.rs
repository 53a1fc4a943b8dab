//~ Password: serde::Serialize` is not satisfied
use secure_runtime::field::Password;

fn show(password: &Password) -> String {
    serde_json::to_string(password).unwrap()
}

fn main() {}
