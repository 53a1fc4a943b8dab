//~ serde::Serialize` is not satisfied
use secure_runtime::Secret;

fn show(secret: &Secret<String>) -> String {
    serde_json::to_string(secret).unwrap()
}

fn main() {}
