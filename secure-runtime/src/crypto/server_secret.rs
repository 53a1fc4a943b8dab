use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Secret, SecretError, check_secret, derive, fill_random, secret_from_text};

/// Bytes that a server's secret must have: as many as HMAC-SHA-256 puts out (RFC 7518 §3.2).
const MINIMUM: usize = 32;

/// The one secret of a deployment, `SECURE_SECRET` in the environment: what the server itself signs,
/// seals and fingerprints is keyed from it, with another key for each purpose.
///
/// All instances of an app share it. It is not a signing key of tokens, but an
/// [`Hs256Key`](crate::token::keys::Hs256Key) can be made from it.
///
/// ```
/// use secure_runtime::{SecretError, ServerSecret};
///
/// let secret = ServerSecret::random();
/// assert_eq!(format!("{secret:?}"), "ServerSecret([redacted])");
/// assert_eq!(ServerSecret::from_text("changeme").unwrap_err(), SecretError::Placeholder);
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Clone)]
pub struct ServerSecret {
    bytes: Secret<Vec<u8>>,
}

impl ServerSecret {
    /// Takes a secret as base64 (standard or URL-safe, padded or not) or hexadecimal of at least
    /// 32 random bytes. `openssl rand -base64 32` makes one.
    ///
    /// # Errors
    /// When the text is neither, too short, or visibly not random: a repeated pattern, running
    /// text, or a secret that a well-known guide prints.
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        secret_from_text(text, MINIMUM).map(|bytes| Self::checked(&bytes))
    }

    /// Takes at least 32 random bytes.
    ///
    /// # Errors
    /// When there are fewer, or when they are visibly not random.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        check_secret(bytes, MINIMUM)?;
        Ok(Self::checked(bytes))
    }

    /// Makes a fresh random secret. What is made with it ends with the process.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = vec![0; MINIMUM];
        fill_random(&mut bytes);
        Self {
            bytes: Secret::new(bytes),
        }
    }

    fn checked(bytes: &[u8]) -> Self {
        Self {
            bytes: Secret::new(bytes.to_vec()),
        }
    }

    /// The key for one purpose (HKDF-SHA-256).
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        derive(self.bytes.expose(), purpose, &mut *key);
        key
    }

    /// A name for this secret that says nothing about it: what was made with it can carry the name,
    /// so that after a change of the secret one sees which of them it was.
    pub(crate) fn id(&self) -> String {
        let mut id = [0; 12];
        derive(self.bytes.expose(), "server secret id", &mut id);
        URL_SAFE_NO_PAD.encode(id)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.expose()
    }
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_a_key_of_its_own_for_each_purpose() {
        let secret = ServerSecret::random();
        assert_ne!(*secret.derive("cookie"), *secret.derive("reset"));
        assert_eq!(*secret.derive("cookie"), *secret.clone().derive("cookie"));
        assert_ne!(
            *secret.derive("cookie"),
            *ServerSecret::random().derive("cookie")
        );
    }

    #[test]
    fn its_id_is_stable_and_its_own() {
        let secret = ServerSecret::random();
        assert_eq!(secret.id(), secret.clone().id());
        assert_ne!(secret.id(), ServerSecret::random().id());
        assert_eq!(secret.id().len(), 16);
    }

    #[test]
    fn refuses_what_is_weak() {
        let refusal = |bytes: &[u8]| ServerSecret::from_bytes(bytes).expect_err("a refusal");
        assert_eq!(refusal(b""), SecretError::Empty);
        let short = SecretError::Short {
            bytes: 31,
            needed: 32,
        };
        assert_eq!(refusal(&[7; 31]), short);
        assert_eq!(refusal(&[7; 32]), SecretError::Weak);
    }
}
