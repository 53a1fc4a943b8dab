use std::time::Duration;

use secure_runtime::{Profile, Security, token::Hs256Key};

fn main() {
    let security = Security::builder()
        .profile(Profile::Development)
        .signing_key(Hs256Key::random())
        .access_token_lifetime(Duration::from_secs(300))
        .audience("https://api.example.com")
        .body_limit(1024)
        .issuer(String::from("https://auth.example.com"))
        .public_https()
        .hsts_include_subdomains()
        .unlisted_routes("because the app moves over step by step")
        .build()
        .unwrap();
    assert_eq!(security.profile(), Profile::Development);
}
