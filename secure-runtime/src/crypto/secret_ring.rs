use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use super::{Secret, ServerSecret, derive, fill_random};

/// The secrets of a deployment: the one that makes what is made now, and those that made what is
/// still recognised.
#[derive(Clone)]
pub(crate) struct SecretRing {
    /// The current one first.
    secrets: Arc<[(String, Secret<Vec<u8>>)]>,
}

/// A key for one purpose. Its id says nothing about it.
pub(crate) struct PurposeKey {
    pub(crate) id: String,
    pub(crate) key: Zeroizing<[u8; 32]>,
}

impl SecretRing {
    /// The secrets of a deployment, the current one first.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a ServerSecret>) -> Self {
        let named = secrets
            .into_iter()
            .map(|secret| (secret.id(), Secret::new(secret.bytes().to_vec())));
        Self {
            secrets: named.collect(),
        }
    }

    /// Secrets that have a name already, the current one first.
    pub(crate) fn named(secrets: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let named = secrets
            .into_iter()
            .map(|(name, bytes)| (name, Secret::new(bytes)));
        Self {
            secrets: named.collect(),
        }
    }

    /// The keys for one purpose, the current one first: never none where the ring is not empty.
    pub(crate) fn keys(&self, purpose: &str) -> Vec<PurposeKey> {
        let secrets = self.secrets.iter();
        secrets
            .map(|(id, secret)| PurposeKey::new(id, secret.expose(), purpose))
            .collect()
    }

    /// The key that makes what is made now for a purpose.
    pub(crate) fn current(&self, purpose: &str) -> PurposeKey {
        // There is one. If there ever were none, a random key would be recognised by nobody, which is the
        // closed side.
        self.find(purpose, |_| true).unwrap_or_else(|| {
            let mut key = Zeroizing::new([0; 32]);
            fill_random(&mut *key);
            let id = String::new();
            PurposeKey { id, key }
        })
    }

    /// The first key for a purpose with such an id, from the current one on.
    pub(crate) fn find(&self, purpose: &str, is: impl Fn(&str) -> bool) -> Option<PurposeKey> {
        let (id, secret) = self.secrets.iter().find(|(id, _)| is(id))?;
        Some(PurposeKey::new(id, secret.expose(), purpose))
    }

    /// The id of the current key.
    pub(crate) fn current_id(&self) -> &str {
        self.secrets.first().map_or("", |(id, _)| id)
    }
}

impl PurposeKey {
    fn new(id: &str, secret: &[u8], purpose: &str) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        derive(secret, purpose, &mut *key);
        Self {
            id: id.to_owned(),
            key,
        }
    }
}

impl fmt::Debug for SecretRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretRing([{} redacted])", self.secrets.len())
    }
}
