mod compact;
mod jwk;
mod ring;
mod rotation;

use std::sync::LazyLock;

use jsonwebtoken::{
    DecodingKey, EncodingKey, Header, Validation, crypto::aws_lc::DEFAULT_PROVIDER,
};

use super::*;
use crate::crypto::Secret;

fn signing(key: impl Into<SigningKey>) -> SigningKey {
    key.into()
}

/// Signs with one and verifies with the other, and a third refuses.
fn fits(private: &SigningKey, public: &VerifyingKey) {
    let token = private
        .sign_compact("test+jwt", b"{\"a\":1}")
        .expect("a token");
    assert_eq!(
        public.verify_compact(&token).expect("a payload"),
        b"{\"a\":1}"
    );
}

/// A key for that algorithm; of RSA always the same, as it takes a while to make one.
fn generated(algorithm: Algorithm) -> SigningKey {
    static RSA: LazyLock<Secret<String>> = LazyLock::new(|| {
        let key = Rs256Key::generate().expect("a key");
        key.to_pem().expect("PEM")
    });
    match algorithm.family() {
        algorithm::Family::Rsa => SigningKey::from_pem(RSA.expose(), algorithm),
        _ => SigningKey::generate(algorithm),
    }
    .expect("a key")
}

macro_rules! pairs_survive {
    ($($key:ident, $public:ident;)+) => {$({
        let algorithm = $key::ALGORITHM;
        let pem = generated(algorithm).to_pem().expect("PEM");
        let key = $key::from_pem(pem.expose()).expect("a key");
        assert_eq!(signing(key.clone()).algorithm(), algorithm);
        let verifying = VerifyingKey::from(key.clone());
        fits(&signing(key.clone()), &verifying);

        let pem = key.to_pem().expect("PEM");
        fits(&signing($key::from_pem(pem.expose()).expect("a key")), &verifying);
        let jwk = key.to_jwk().expect("a JWK");
        fits(&signing($key::from_jwk(jwk.expose()).expect("a key")), &verifying);

        let pem = key.to_public_pem().expect("PEM");
        let public = $public::from_pem(&pem).expect("a key");
        assert_eq!(public.kid(), key.kid());
        fits(&signing(key.clone()), &public.into());
        let jwk = key.to_public_jwk().expect("a JWK").to_text();
        let public = $public::from_jwk(&jwk).expect("a key");
        assert_eq!(public.to_pem().expect("PEM"), pem);
        fits(&signing(key), &public.into());
    })+};
}

macro_rules! secrets_survive {
    ($($key:ident)+) => {$({
        let key = $key::random();
        let jwk = key.to_jwk().expect("a JWK");
        let again = $key::from_jwk(jwk.expose()).expect("a key");
        assert_eq!(key.kid(), again.kid());
        fits(&signing(key), &again.into());
    })+};
}

#[test]
fn every_key_survives_pem_and_jwk() {
    pairs_survive! {
        Rs256Key, Rs256PublicKey;
        Rs384Key, Rs384PublicKey;
        Rs512Key, Rs512PublicKey;
        Ps256Key, Ps256PublicKey;
        Ps384Key, Ps384PublicKey;
        Ps512Key, Ps512PublicKey;
        Es256Key, Es256PublicKey;
        Es384Key, Es384PublicKey;
        EdDsaKey, EdDsaPublicKey;
    }
    secrets_survive!(Hs256Key Hs384Key Hs512Key);
}

#[test]
fn the_library_reads_what_we_sign_and_we_what_it_signs() {
    let _ = DEFAULT_PROVIDER.install_default();
    let key = Es256Key::generate().expect("a key");
    let token = signing(key.clone())
        .sign_compact("JWT", b"{}")
        .expect("a token");
    let jwk = key.to_public_jwk().expect("a JWK").to_text();
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_str(&jwk).expect("a JWK");
    let library = DecodingKey::from_jwk(&jwk).expect("a key");
    let mut validation = Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode::<serde_json::Value>(&token, &library, &validation).expect("a token");

    let secret = [
        7, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
        26, 27, 28, 29, 30, 31, 32,
    ];
    let key = Hs256Key::from_bytes(&secret).expect("a key");
    let header = Header::new(jsonwebtoken::Algorithm::HS256);
    let token = jsonwebtoken::encode(
        &header,
        &serde_json::json!({}),
        &EncodingKey::from_secret(&secret),
    );
    VerifyingKey::from(key)
        .verify_compact(&token.expect("a token"))
        .expect("a payload");
}
