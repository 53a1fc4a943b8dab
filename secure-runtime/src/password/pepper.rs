use std::{fmt, sync::Arc};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use crate::ServerSecret;

/// A key that goes into every hash and stands in no database: with the database alone, nobody can
/// guess at passwords (OWASP Password Storage Cheat Sheet, “Peppering”).
///
/// The password's HMAC-SHA-256 under the key is what Argon2id hashes. The PHC string names the key
/// (`keyid=…`), so that it can be changed: with
/// [`previous_pepper`](super::Builder::previous_pepper) the hashes that were made with the old one
/// verify, and are made anew at the next sign-in.
///
/// Without its pepper no hash can ever be verified again. Keep it as long as there is a hash that
/// names it: longer than sessions last, so give it a [`ServerSecret`] of its own rather than the one of
/// the deployment, which is changed more often.
#[derive(Clone)]
pub struct Pepper {
    key: Arc<hmac::Key>,
    id: String,
}

impl Pepper {
    /// The pepper that is derived from `secret`.
    #[must_use]
    pub fn new(secret: &ServerSecret) -> Self {
        let key = secret.derive("password pepper");
        let name = secret.derive("password pepper id");
        Self {
            key: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &*key)),
            id: STANDARD_NO_PAD.encode(&name[..6]),
        }
    }

    /// How hashes name it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What is hashed in the password's place.
    pub(super) fn apply(&self, password: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, password)
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By Python's hmac.
    #[test]
    fn it_is_hmac_sha_256() {
        let pepper = Pepper {
            key: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &[11; 32])),
            id: String::new(),
        };
        let tag = pepper.apply(b"correct horse battery staple");
        let start = [0xab, 0x9b, 0x9a, 0xb8, 0xac, 0x04, 0x94, 0xb5];
        assert_eq!(tag.as_ref().len(), 32);
        assert_eq!(tag.as_ref()[..8], start);
    }

    #[test]
    fn each_secret_has_its_own_and_its_name_is_eight_characters() {
        let secret = ServerSecret::random();
        let pepper = Pepper::new(&secret);
        assert_eq!(pepper.id().len(), 8);
        assert_eq!(pepper.id(), Pepper::new(&secret).id());
        assert_ne!(pepper.id(), Pepper::new(&ServerSecret::random()).id());
        let other = Pepper::new(&ServerSecret::random());
        assert_ne!(pepper.apply(b"x").as_ref(), other.apply(b"x").as_ref());
    }
}
