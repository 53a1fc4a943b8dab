use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Algorithm, KeyError, KeyRing, SigningKey, VerifyingKey,
    jwk::{self, Jwk},
};
use crate::crypto::Secret;

/// What an operator keeps: the keys of an issuer with what each is for and since when, as one text.
///
/// The text is a JWK Set (RFC 7517 §5) of private keys, to be kept as a secret. Each key has `kid`,
/// `alg`, `use`, and three members of ours: `status` (`next`, `current` or `previous`),
/// `published_at` and, for a previous key, `retired_at`, both in seconds since 1970-01-01T00:00:00Z.
/// Of a previous key that is asymmetric only the public half is written: it need not sign any more.
///
/// ```
/// use std::time::Duration;
/// use secure_runtime::token::keys::{Es256Key, KeySet};
///
/// let now = Duration::from_secs(1_800_000_000);
/// let set = KeySet::new(Es256Key::generate()?, now);
/// let again = KeySet::from_text(set.to_text()?.expose())?;
/// assert_eq!(again.ring()?.current().kid(), set.ring()?.current().kid());
/// # Ok::<(), secure_runtime::token::keys::KeyError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct KeySet {
    pub(super) keys: Vec<Entry>,
}

/// A key of a [`KeySet`].
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Held,
    pub(super) status: KeyStatus,
    pub(super) published_at: Duration,
    pub(super) retired_at: Option<Duration>,
}

#[derive(Clone)]
pub(super) enum Held {
    Signs(SigningKey),
    Verifies(VerifyingKey),
}

/// What a key of a [`KeySet`] is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyStatus {
    /// It is published, and will sign.
    Next,
    /// It signs.
    Current,
    /// It has signed, and verifies until its last token has expired.
    Previous,
}

/// What a [`KeySet`] says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyEntry {
    /// The key's id.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// What it is for.
    pub status: KeyStatus,
    /// When it was published, since 1970-01-01T00:00:00Z.
    pub published_at: Duration,
    /// When it ended to sign, since 1970-01-01T00:00:00Z.
    pub retired_at: Option<Duration>,
}

#[derive(Serialize, Deserialize)]
struct Text {
    keys: Vec<Jwk>,
}

impl KeySet {
    /// A set with one key, which signs at once: no verifier knows another one yet.
    pub fn new(current: impl Into<SigningKey>, now: Duration) -> Self {
        Self {
            keys: vec![Entry {
                key: Held::Signs(current.into()),
                status: KeyStatus::Current,
                published_at: whole(now),
                retired_at: None,
            }],
        }
    }

    /// Reads a set.
    ///
    /// # Errors
    /// When the text is no such set, a key of it is refused, a key or a key id stands twice, there is
    /// not exactly one current key, or more than one next key.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if !text.starts_with('{') {
            return Err(KeyError::NotASet);
        }
        let text: Text = serde_json::from_str(text).map_err(|_| KeyError::NotASet)?;
        let keys = text.keys.iter().map(Entry::read);
        let set = Self {
            keys: keys.collect::<Result<_, _>>()?,
        };
        set.ring().map(drop)?;
        Ok(set)
    }

    /// The set's text: a secret.
    ///
    /// # Errors
    /// When the library cannot read its own key, which does not happen.
    pub fn to_text(&self) -> Result<Secret<String>, KeyError> {
        let keys = self.keys.iter().map(Entry::write);
        let text = Text {
            keys: keys.collect::<Result<_, _>>()?,
        };
        jwk::secret_json(&text, self.keys.len())
    }

    /// What the keys are, without what makes them.
    pub fn entries(&self) -> impl Iterator<Item = KeyEntry> {
        self.keys.iter().map(|entry| KeyEntry {
            kid: entry.kid().to_owned(),
            algorithm: entry.verifying().algorithm(),
            status: entry.status,
            published_at: entry.published_at,
            retired_at: entry.retired_at,
        })
    }

    /// The ring of these keys.
    ///
    /// # Errors
    /// As [`KeySet::from_text`]; a set that was read has none of that.
    pub fn ring(&self) -> Result<KeyRing, KeyError> {
        let current = self.only(KeyStatus::Current)?;
        let current = current.ok_or(KeyError::Count { status: "none" })?;
        let mut ring = KeyRing::new(current.clone());
        if let Some(next) = self.only(KeyStatus::Next)? {
            ring = ring.with_next(next.clone())?;
        }
        for entry in &self.keys {
            if entry.status == KeyStatus::Previous {
                ring = ring.with_previous(entry.verifying())?;
            }
        }
        Ok(ring)
    }

    fn only(&self, status: KeyStatus) -> Result<Option<&SigningKey>, KeyError> {
        let mut found = self.keys.iter().filter(|entry| entry.status == status);
        match (found.next().map(|entry| &entry.key), found.next()) {
            (None, _) => Ok(None),
            (Some(Held::Signs(key)), None) => Ok(Some(key)),
            (Some(Held::Verifies(_)), None) => Err(KeyError::Public),
            (Some(_), Some(_)) => Err(KeyError::Count {
                status: status.word(),
            }),
        }
    }
}

impl Entry {
    pub(super) fn kid(&self) -> &str {
        match &self.key {
            Held::Signs(key) => key.kid(),
            Held::Verifies(key) => key.kid(),
        }
    }

    fn verifying(&self) -> VerifyingKey {
        match &self.key {
            Held::Signs(key) => key.verifying_key(),
            Held::Verifies(key) => key.clone(),
        }
    }

    /// The same key, which only verifies from now on.
    pub(super) fn retired(self, now: Duration) -> Self {
        Self {
            key: self.key.retired(),
            status: KeyStatus::Previous,
            retired_at: Some(whole(now)),
            ..self
        }
    }

    fn read(jwk: &Jwk) -> Result<Self, KeyError> {
        let member = |name, there: bool| match there {
            true => Ok(()),
            false => Err(KeyError::Member { name }),
        };
        member("kid", jwk.kid.is_some())?;
        member("use", jwk.usage.is_some())?;
        member("published_at", jwk.published_at.is_some())?;
        let algorithm = jwk.algorithm()?;
        let status = KeyStatus::from_word(jwk.status.as_deref().unwrap_or_default());
        let status = status.ok_or(KeyError::Status)?;
        if (status == KeyStatus::Previous) != jwk.retired_at.is_some() {
            return Err(KeyError::Status);
        }
        let public = jwk.d.is_none() && !algorithm.is_symmetric();
        let key = match status {
            KeyStatus::Previous if public => {
                Held::Verifies(VerifyingKey::public_from_jwk(jwk, algorithm)?)
            }
            KeyStatus::Previous => Held::Signs(SigningKey::from_parsed(jwk, algorithm)?).retired(),
            KeyStatus::Next | KeyStatus::Current => {
                Held::Signs(SigningKey::from_parsed(jwk, algorithm)?)
            }
        };
        Ok(Self {
            key,
            status,
            published_at: Duration::from_secs(jwk.published_at.unwrap_or_default()),
            retired_at: jwk.retired_at.map(Duration::from_secs),
        })
    }

    fn write(&self) -> Result<Jwk, KeyError> {
        let members = match &self.key {
            Held::Signs(key) => key.to_members()?,
            Held::Verifies(key) => key.to_public_members(),
        };
        Ok(Jwk {
            status: Some(self.status.word().to_owned()),
            published_at: Some(self.published_at.as_secs()),
            retired_at: self.retired_at.map(|at| at.as_secs()),
            ..members
        })
    }
}

impl Held {
    /// The public half, where there is one.
    fn retired(self) -> Self {
        match self {
            Self::Signs(key) if !key.algorithm().is_symmetric() => {
                Self::Verifies(key.verifying_key())
            }
            other => other,
        }
    }
}

impl KeyStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Previous]
            .into_iter()
            .find(|status| status.word() == word)
    }
}

impl fmt::Display for KeyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

/// Whole seconds, as the text has them.
pub(super) fn whole(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs())
}
