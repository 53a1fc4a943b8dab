//~ is no signing key
use secure_runtime::Security;

fn main() {
    let _ = Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key("secret")
        .build();
}
