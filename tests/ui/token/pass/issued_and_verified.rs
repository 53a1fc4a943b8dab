use secure_runtime::{
    Security,
    token::{Access, Grant, Hs256Key, Token},
};

fn main() {
    let security = Security::builder()
        .issuer("https://auth.example.com")
        .audience("https://api.example.com")
        .signing_key(Hs256Key::random())
        .build()
        .unwrap();
    let token: Token<Access> = security.access_tokens().issue(&Grant::new("ada")).unwrap();
    assert_eq!(format!("{token:?}"), "Token<access>([redacted])");
    let again = Token::from_untrusted(token.expose());
    let verified = security.access_tokens().verify(&again);
    let caller = actix_web::rt::System::new().block_on(verified).unwrap();
    assert_eq!(caller.subject(), "ada");
}
