//~ `PageCsp` is no policy for every response
use secure_runtime::{Security, csp, token::Hs256Key};

fn main() {
    let _ = Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key(Hs256Key::random())
        .csp(csp!("default-src 'none'; script-src 'nonce'; base-uri 'none'"));
}
