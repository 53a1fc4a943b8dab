//~ `Secret<String>: serde::Serialize` is not satisfied
use secure_runtime::Secret;

#[derive(serde::Serialize)]
struct Account {
    password: Secret<String>,
}

fn main() {}
