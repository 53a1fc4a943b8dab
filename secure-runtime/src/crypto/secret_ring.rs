use std::fmt;

use zeroize::Zeroizing;

use super::{Secret, ServerSecret, derive};

/// The secrets of a deployment: the one that makes what is made now, and those that made what is
/// still recognised.
#[derive(Clone)]
pub(crate) struct SecretRing {
    /// The current one first.
    secrets: Vec<(String, Secret<Vec<u8>>)>,
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
        let keys = self.secrets.iter().map(|(id, secret)| {
            let mut key = Zeroizing::new([0; 32]);
            derive(secret.expose(), purpose, &mut *key);
            PurposeKey {
                id: id.clone(),
                key,
            }
        });
        keys.collect()
    }
}

impl fmt::Debug for SecretRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretRing([{} redacted])", self.secrets.len())
    }
}
