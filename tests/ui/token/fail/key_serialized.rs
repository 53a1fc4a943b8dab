//~ is not satisfied
use secure_runtime::token::keys::EdDsaKey;

#[derive(serde::Serialize)]
struct Configuration {
    key: EdDsaKey,
}

fn main() {}
