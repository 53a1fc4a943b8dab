use secure_runtime::token::{
    EdDsaKey, Es256Key, Hs256Key,
    keys::{EdDsaPublicKey, Es256PublicKey, Es384PublicKey, Ps256PublicKey, Rs256PublicKey},
};

use super::text;

/// A public key that is taken is the same key as PEM and as JWK.
macro_rules! public {
    ($text:expr, $($key:ty),+) => {$({
        let from_pem = <$key>::from_pem($text).ok();
        let from_jwk = <$key>::from_jwk($text).ok();
        assert!(from_pem.is_none() || from_jwk.is_none());
        for key in from_pem.into_iter().chain(from_jwk) {
            let pem = key.to_pem().expect("PEM");
            let again = <$key>::from_pem(&pem).expect("the same key");
            assert_eq!(again.to_pem().expect("PEM"), pem);
            let jwk = serde_json::to_string(&key.to_jwk().expect("a JWK")).expect("JSON");
            let again = <$key>::from_jwk(&jwk).expect("the same key");
            assert_eq!(again.kid(), key.kid());
            assert_eq!(again.to_pem().expect("PEM"), pem);
        }
    })+};
}

/// A private key that is taken is the same as JWK.
macro_rules! private {
    ($text:expr, $($key:ty),+) => {$({
        if let Ok(key) = <$key>::from_jwk($text) {
            let jwk = key.to_jwk().expect("a JWK");
            let again = <$key>::from_jwk(jwk.expose()).expect("the same key");
            assert_eq!(again.kid(), key.kid());
            assert_eq!(again.to_jwk().expect("a JWK").expose(), jwk.expose());
        }
    })+};
}

/// Keys from files and from others' key sets.
pub fn key(input: &[u8]) {
    let text = &*text(input);
    public!(
        text,
        EdDsaPublicKey,
        Es256PublicKey,
        Es384PublicKey,
        Rs256PublicKey,
        Ps256PublicKey
    );
    private!(text, EdDsaKey, Es256Key, Hs256Key);
    if let Ok(key) = EdDsaKey::from_pem(text) {
        let pem = key.to_pem().expect("PEM");
        assert_eq!(
            EdDsaKey::from_pem(pem.expose())
                .expect("the same key")
                .kid(),
            key.kid()
        );
    }
    let _ = Es256Key::from_pem(text);
    let _ = Hs256Key::from_text(text);
}
