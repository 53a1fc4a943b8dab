//~ the `Security` builder is not complete
use secure_runtime::{Security, token::Hs256Key};

fn main() {
    let _ = Security::builder()
        .issuer("https://auth.example.com")
        .signing_key(Hs256Key::random())
        .build();
}
