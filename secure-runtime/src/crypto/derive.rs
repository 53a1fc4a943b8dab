use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

use super::fill_random;

/// Fills `key` with what HKDF-SHA-256 (RFC 5869) makes of `secret` for one purpose, so that what is
/// made with it for one purpose is worth nothing for another, and says nothing about the secret.
pub(crate) fn derive(secret: &[u8], purpose: &str, key: &mut [u8]) {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let context = [b"secure-runtime ".as_slice(), purpose.as_bytes()];
    let derived = Salt::new(HKDF_SHA256, b"secure-runtime v1")
        .extract(secret)
        .expand(&context, Length(key.len()))
        .and_then(|okm| okm.fill(key));
    // At most 64 bytes are asked for, which HKDF-SHA-256 can give, so this does not fail; if it
    // ever did, a random key would verify nothing, which is the closed side.
    if derived.is_err() {
        fill_random(key);
    }
}
