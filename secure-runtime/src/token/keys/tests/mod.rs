mod compact;
mod jwk;
mod ring;
mod rotation;

use jsonwebtoken::{
    DecodingKey, EncodingKey, Header, Validation, crypto::aws_lc::DEFAULT_PROVIDER,
};

use super::*;

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

fn asymmetric_round_trip<A: Asymmetric>() {
    let key = Key::<A>::generate().expect("a key");
    let verifying = VerifyingKey::from(key.clone());
    fits(&signing(key.clone()), &verifying);

    let pem = key.to_pem().expect("PEM");
    let from_pem = Key::<A>::from_pem(pem.expose()).expect("a key");
    fits(&signing(from_pem), &verifying);
    let jwk = key.to_jwk().expect("a JWK");
    let from_jwk = Key::<A>::from_jwk(jwk.expose()).expect("a key");
    fits(&signing(from_jwk), &verifying);

    let pem = key.to_public_pem().expect("PEM");
    let public = PublicKey::<A>::from_pem(&pem).expect("a key");
    assert_eq!(public.kid(), key.kid());
    fits(&signing(key.clone()), &public.into());
    let jwk = key.to_public_jwk().expect("a JWK").to_text();
    let public = PublicKey::<A>::from_jwk(&jwk).expect("a key");
    fits(&signing(key), &public.into());
}

#[test]
fn keys_on_curves_survive_pem_and_jwk() {
    asymmetric_round_trip::<algorithm::Es256>();
    asymmetric_round_trip::<algorithm::Es384>();
    asymmetric_round_trip::<algorithm::EdDsa>();
}

#[test]
fn rsa_keys_survive_pem_and_jwk() {
    asymmetric_round_trip::<algorithm::Rs256>();
    asymmetric_round_trip::<algorithm::Ps512>();
}

#[test]
fn secrets_survive_jwk() {
    fn round_trip<A: Symmetric>() {
        let key = Key::<A>::random();
        let jwk = key.to_jwk().expect("a JWK");
        let again = Key::<A>::from_jwk(jwk.expose()).expect("a key");
        assert_eq!(key.kid(), again.kid());
        fits(&signing(key), &again.into());
    }
    round_trip::<algorithm::Hs256>();
    round_trip::<algorithm::Hs384>();
    round_trip::<algorithm::Hs512>();
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
