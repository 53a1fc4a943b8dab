//! What the cookie holds: `<id>.<secret>`, both as base64url.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::crypto::{SecretHash, fill_random};

const ID: usize = 16;
const SECRET: usize = 32;
/// Characters of the two, with the dot between them.
const LENGTH: usize = (ID * 8).div_ceil(6) + 1 + (SECRET * 8).div_ceil(6);

/// The name of a session: in the store, in lists and in the audit log. It opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionId([u8; ID]);

/// A cookie as a request presents it. Its shape is right; nothing else is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented {
    pub(crate) id: SessionId,
    pub(crate) secret: SecretHash,
}

/// A secret that has just been drawn.
pub(super) struct NewSecret {
    pub(super) hash: SecretHash,
    /// The whole cookie. The answer to this request holds it, and nothing else ever does.
    pub(super) cookie: Zeroizing<String>,
}

impl SessionId {
    pub(super) fn random() -> Self {
        let mut id = [0; ID];
        fill_random(&mut id);
        Self(id)
    }

    /// `None` where no session has such an id.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }

    pub(crate) fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl Presented {
    /// Takes a cookie apart. `None` where it is none of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != LENGTH {
            return None;
        }
        let (id, secret) = text.split_once('.')?;
        let secret = Zeroizing::new(decode::<SECRET>(secret)?);
        Some(Self {
            id: SessionId::parse(id)?,
            secret: SecretHash::of(&*secret),
        })
    }
}

impl NewSecret {
    pub(super) fn draw(id: SessionId) -> Self {
        let mut secret = Zeroizing::new([0; SECRET]);
        fill_random(&mut *secret);
        // As long as it is going to be: nothing of it is left behind where it was moved from.
        let mut cookie = Zeroizing::new(String::with_capacity(LENGTH));
        cookie.push_str(&id.to_text());
        cookie.push('.');
        URL_SAFE_NO_PAD.encode_string(secret.as_slice(), &mut cookie);
        Self {
            hash: SecretHash::of(&*secret),
            cookie,
        }
    }
}

/// So many bytes, written in the one way that there is to write them.
fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({})", self.to_text())
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cookie_comes_back_as_what_it_is() {
        let id = SessionId::random();
        let new = NewSecret::draw(id);
        assert_eq!(new.cookie.len(), LENGTH);
        let presented = Presented::parse(&new.cookie).expect("a cookie");
        assert_eq!(presented.id, id);
        assert!(presented.secret.is(&new.hash));
        assert_eq!(SessionId::parse(&id.to_text()), Some(id));
    }

    #[test]
    fn no_two_are_alike() {
        let (id, other) = (SessionId::random(), SessionId::random());
        assert_ne!(id, other);
        assert!(!NewSecret::draw(id).hash.is(&NewSecret::draw(id).hash));
    }

    #[test]
    fn what_is_no_cookie_of_ours() {
        let good = NewSecret::draw(SessionId::random()).cookie;
        let (id, secret) = good.split_once('.').expect("two parts");
        for text in [
            "",
            ".",
            id,
            secret,
            &format!("{id}{secret}"),
            &format!("{id}."),
            &format!(".{secret}"),
            &format!("{secret}.{id}"),
            &format!("{id}.{secret}="),
            &format!("{id}.{secret}."),
            &format!(" {}", *good),
            &format!("\"{}\"", *good),
            &good.replace('.', "~"),
            &good.replace('.', ":"),
            &"A".repeat(LENGTH),
            &".".repeat(LENGTH),
            &good.repeat(2),
        ] {
            assert!(Presented::parse(text).is_none(), "{text}");
        }
    }

    /// Bits that mean nothing would be other texts for the same cookie.
    #[test]
    fn each_cookie_has_one_text() {
        let id = SessionId([0; ID]).to_text();
        assert!(SessionId::parse(&id).is_some());
        let other = format!("{}B", &id[..id.len() - 1]);
        assert!(SessionId::parse(&other).is_none());
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let new = NewSecret::draw(SessionId::random());
        let presented = Presented::parse(&new.cookie).expect("a cookie");
        let secret = new.cookie.split_once('.').expect("two parts").1;
        for printed in [format!("{new:?}"), format!("{presented:?}")] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_it_is_taken_apart_without_a_panic(text in ".{0,100}") {
            let _ = Presented::parse(&text);
            let _ = SessionId::parse(&text);
        }
    }
}
