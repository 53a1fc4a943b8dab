//~ the trait bound `PasswordHash: serde::Serialize` is not satisfied
use secure_runtime::password::PasswordHash;

fn send(hash: &PasswordHash) -> String {
    serde_json::to_string(hash).unwrap_or_default()
}

fn main() {}
