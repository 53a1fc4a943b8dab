use std::fmt;

use serde::Serialize;

use super::{KeyError, PublicJwk, SigningKey, VerifyingKey};

/// The keys of one issuer: one that signs, and those that verify.
///
/// A key that comes is published before it signs, so that no verifier meets a token whose key it
/// has not read yet; a key that goes stays until its last token has expired.
///
/// ```
/// use secure_runtime::token::keys::{Es256Key, KeyRing, Rs256Key};
///
/// let ring = KeyRing::new(Es256Key::generate()?)
///     .with_next(Es256Key::generate()?)?
///     .with_previous(Es256Key::generate()?.public_key())?;
/// assert_eq!(ring.public_jwks().len(), 3);
/// # Ok::<(), secure_runtime::token::keys::KeyError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct KeyRing {
    current: SigningKey,
    next: Option<SigningKey>,
    /// The current key first, then the others in the order in which they came.
    verifying: Vec<VerifyingKey>,
}

impl KeyRing {
    /// A ring with the key that signs.
    pub fn new(current: impl Into<SigningKey>) -> Self {
        let current = current.into();
        Self {
            verifying: vec![current.verifying_key()],
            current,
            next: None,
        }
    }

    /// Adds the key that will sign after the current one: it is published, and it verifies what
    /// another instance that has gone over already signs with it.
    ///
    /// # Errors
    /// When there is a next key already, or the key or its id is in the ring.
    pub fn with_next(mut self, next: impl Into<SigningKey>) -> Result<Self, KeyError> {
        if self.next.is_some() {
            return Err(KeyError::Count { status: "next" });
        }
        let next = next.into();
        self.add(next.verifying_key())?;
        self.next = Some(next);
        Ok(self)
    }

    /// Adds a key that has signed before, and only verifies now.
    ///
    /// # Errors
    /// When the key or its id is in the ring.
    pub fn with_previous(mut self, previous: impl Into<VerifyingKey>) -> Result<Self, KeyError> {
        self.add(previous.into())?;
        Ok(self)
    }

    /// The key that signs.
    pub fn current(&self) -> &SigningKey {
        &self.current
    }

    /// The key that verifies the tokens that carry this id.
    pub fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.verifying.iter().find(|key| key.kid() == kid)
    }

    /// All keys that verify, the current one first.
    pub fn verifying_keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.verifying.iter()
    }

    /// What `/.well-known/jwks.json` says: the public halves of all asymmetric keys.
    pub fn public_jwks(&self) -> JwkSet {
        JwkSet {
            keys: self
                .verifying
                .iter()
                .filter_map(VerifyingKey::public_jwk)
                .collect(),
        }
    }

    /// The ring for one purpose: secrets are replaced by keys derived for it, so that what was
    /// signed for one purpose is worth nothing for another. Asymmetric keys and all ids stay.
    #[allow(dead_code)]
    pub(crate) fn for_purpose(&self, purpose: &str) -> Self {
        Self {
            current: self.current.for_purpose(purpose),
            next: self.next.as_ref().map(|next| next.for_purpose(purpose)),
            verifying: self
                .verifying
                .iter()
                .map(|key| key.for_purpose(purpose))
                .collect(),
        }
    }

    fn add(&mut self, key: VerifyingKey) -> Result<(), KeyError> {
        let kid = || key.kid().to_owned();
        if self.find(key.kid()).is_some() {
            return Err(KeyError::RepeatedKid { kid: kid() });
        }
        if self.verifying.iter().any(|one| one.is_same_key(&key)) {
            return Err(KeyError::RepeatedKey { kid: kid() });
        }
        self.verifying.push(key);
        Ok(())
    }
}

impl From<SigningKey> for KeyRing {
    fn from(key: SigningKey) -> Self {
        Self::new(key)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("current", &self.current)
            .field("next", &self.next)
            .field("verifying", &self.verifying)
            .finish()
    }
}

/// A JWK Set of public keys (RFC 7517 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    keys: Vec<PublicJwk>,
}

impl JwkSet {
    /// The keys.
    pub fn keys(&self) -> &[PublicJwk] {
        &self.keys
    }

    /// How many keys there are: none where all are secrets.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
