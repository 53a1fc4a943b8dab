//! The form token: random bytes, and an HMAC over them and over what it is bound to. So it is another text
//! on each page, which keeps it from being guessed by the length of compressed answers.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::crypto::{PurposeKey, SecretRing, fill_random};

const PURPOSE: &str = "csrf token";
/// Bytes that make each token another one.
const SALT: usize = 16;
/// Bytes of HMAC-SHA-256.
const TAG: usize = 32;
/// Letters of base64url.
const LENGTH: usize = (SALT + TAG) / 3 * 4;

/// For whom a token is good.
#[derive(Debug, Clone, Copy)]
pub(super) enum Binding<'a> {
    /// The session with this id, whatever its secret.
    Session(&'a str),
    /// The browser with this cookie, where nobody is signed in.
    Visitor(&'a [u8]),
}

/// A token that is good from now on, for as long as what it is bound to.
pub(super) fn make(secrets: &SecretRing, binding: Binding<'_>) -> String {
    let mut bytes = [0; SALT + TAG];
    let (salt, tag) = bytes.split_at_mut(SALT);
    fill_random(salt);
    let key = hmac_key(&secrets.current(PURPOSE));
    tag.copy_from_slice(hmac::sign(&key, &message(salt, binding)).as_ref());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether a token is good for whom it comes from. What a previous secret made is, too.
pub(super) fn is_good(text: &str, secrets: &SecretRing, binding: Binding<'_>) -> bool {
    if text.len() != LENGTH {
        return false;
    }
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return false;
    };
    let Some((salt, tag)) = bytes.split_at_checked(SALT) else {
        return false;
    };
    let message = message(salt, binding);
    let mut keys = secrets.keys(PURPOSE).into_iter();
    keys.any(|key| hmac::verify(&hmac_key(&key), &message, tag).is_ok())
}

/// What a token is bound to stands last, so that its length says nothing else.
fn message(salt: &[u8], binding: Binding<'_>) -> Vec<u8> {
    let (kind, whom) = match binding {
        Binding::Session(id) => (b's', id.as_bytes()),
        Binding::Visitor(id) => (b'v', id),
    };
    [&[kind], salt, whom].concat()
}

fn hmac_key(key: &PurposeKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &*key.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ServerSecret;

    const SESSION: Binding<'_> = Binding::Session("s1");

    fn ring() -> (ServerSecret, SecretRing) {
        let secret = ServerSecret::random();
        let ring = SecretRing::new([&secret]);
        (secret, ring)
    }

    #[test]
    fn a_token_is_good_for_whom_it_was_made() {
        let (_, ring) = ring();
        let token = make(&ring, SESSION);
        assert_eq!(token.len(), LENGTH);
        assert!(is_good(&token, &ring, SESSION));
        for other in [
            Binding::Session("s2"),
            Binding::Session(""),
            Binding::Session("s1 "),
            Binding::Visitor(b"s1"),
            Binding::Visitor(b""),
        ] {
            assert!(!is_good(&token, &ring, other), "{other:?}");
        }
    }

    #[test]
    fn each_token_is_another_text() {
        let (_, ring) = ring();
        let visitor = Binding::Visitor(b"v1");
        let (one, other) = (make(&ring, visitor), make(&ring, visitor));
        assert_ne!(one, other);
        assert_ne!(one[..21], other[..21]);
        assert_ne!(one[22..], other[22..]);
        assert!(is_good(&one, &ring, visitor) && is_good(&other, &ring, visitor));
    }

    #[test]
    fn a_change_of_one_bit_is_found() {
        let (_, ring) = ring();
        let token = make(&ring, SESSION);
        let bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64url");
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(!is_good(&changed, &ring, SESSION), "bit {at}");
        }
        for odd in [
            String::new(),
            token[..LENGTH - 4].to_owned(),
            format!("{token}AAAA"),
            format!("{}=", &token[..LENGTH - 1]),
            format!("{}+", &token[..LENGTH - 1]),
            "ä".repeat(LENGTH / 2),
        ] {
            assert!(!is_good(&odd, &ring, SESSION), "{odd}");
        }
    }

    #[test]
    fn a_change_of_the_secret_leaves_it_good_as_long_as_the_old_one_is_known() {
        let (old, before) = ring();
        let token = make(&before, SESSION);
        let new = ServerSecret::random();
        let during = SecretRing::new([&new, &old]);
        assert!(is_good(&token, &during, SESSION));
        assert!(is_good(&make(&during, SESSION), &during, SESSION));
        assert!(!is_good(&make(&during, SESSION), &before, SESSION));
        let after = SecretRing::new([&new]);
        assert!(!is_good(&token, &after, SESSION));
    }
}
