//! When a key comes, signs and goes (requirement A9). Time is passed in.

use std::{fmt, time::Duration};

use super::{
    KeyError, KeySet, KeyStatus, SigningKey,
    key_set::{Entry, Held, whole},
};

/// How much longer than its tokens live a retired key is kept: for clocks that differ, and for
/// servers that have not read the new set yet and still sign with it.
const LEEWAY: Duration = Duration::from_secs(5 * 60);

/// The times that a rotation keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationTimes {
    /// How long verifiers may keep the published set (`max-age` of `/.well-known/jwks.json`): so
    /// long a key is published before it signs.
    pub jwks_max_age: Duration,
    /// How long the longest token lives: so long, and five minutes, a key verifies after it signed.
    pub token_lifetime: Duration,
}

/// A set of keys after one step.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct Rotation {
    /// The new set, to be written.
    pub set: KeySet,
    /// What happened.
    pub step: RotationStep,
    /// The ids of the keys that were dropped, as their last token has expired.
    pub dropped: Vec<String>,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RotationStep {
    /// There was no next key: one was added. It is published, and does not sign.
    Published {
        /// Its id.
        kid: String,
        /// When it may sign, since 1970-01-01T00:00:00Z.
        signs_from: Duration,
    },
    /// The next key signs from now on, and the current one only verifies.
    Promoted {
        /// The id of the key that signs.
        kid: String,
        /// The id of the key that has ended to sign.
        retired: String,
    },
}

/// Why a set was not rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RotationError {
    /// The next key has not been published long enough.
    TooEarly {
        /// How long to wait.
        wait: Duration,
    },
    /// The new key cannot be made or is in the set already.
    Key(KeyError),
}

impl KeySet {
    /// One step of a rotation. `now` is the time since 1970-01-01T00:00:00Z.
    ///
    /// - There is no next key: `fresh` makes it. It is published, and does not sign.
    /// - There is one, published for at least `jwks_max_age`: it becomes the current key, and the
    ///   current one a previous one. There is no next key until it is asked for again.
    ///
    /// At either step the previous keys are dropped that have not signed for longer than the longest
    /// token lives, and five minutes. Nothing is changed in place: the set is to be written first.
    ///
    /// ```
    /// use std::time::Duration;
    /// use secure_runtime::token::keys::{Algorithm, KeySet, RotationError, RotationTimes, SigningKey};
    ///
    /// let fresh = || SigningKey::generate(Algorithm::Es256);
    /// let times = RotationTimes {
    ///     jwks_max_age: Duration::from_secs(3600),
    ///     token_lifetime: Duration::from_secs(600),
    /// };
    /// let now = Duration::from_secs(1_800_000_000);
    /// let set = KeySet::new(fresh()?, now);
    /// let published = set.rotate(now, times, fresh)?.set;
    /// assert_eq!(published.ring()?.current().kid(), set.ring()?.current().kid());
    ///
    /// let early = published.rotate(now + Duration::from_secs(600), times, fresh);
    /// let wait = Duration::from_secs(3000);
    /// assert_eq!(early.unwrap_err(), RotationError::TooEarly { wait });
    ///
    /// let promoted = published.rotate(now + Duration::from_secs(3600), times, fresh)?.set;
    /// assert_ne!(promoted.ring()?.current().kid(), set.ring()?.current().kid());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the next key has not been published for `jwks_max_age`, or the new key cannot be made or
    /// is in the set already.
    pub fn rotate(
        &self,
        now: Duration,
        times: RotationTimes,
        fresh: impl FnOnce() -> Result<SigningKey, KeyError>,
    ) -> Result<Rotation, RotationError> {
        let now = whole(now);
        // A set that is not whole is not made worse.
        self.ring().map(drop)?;
        let (expired, kept) = self
            .keys
            .iter()
            .cloned()
            .partition::<Vec<_>, _>(|entry| is_expired(entry, now, times));
        let next = kept.iter().find(|entry| entry.status == KeyStatus::Next);
        let (keys, step) = match next {
            Some(next) => {
                let wait = next
                    .published_at
                    .saturating_add(times.jwks_max_age)
                    .saturating_sub(now);
                if !wait.is_zero() {
                    return Err(RotationError::TooEarly { wait });
                }
                promote(kept, now)
            }
            None => publish(kept, fresh()?, now, times),
        };
        let set = Self { keys };
        set.ring().map(drop)?;
        Ok(Rotation {
            set,
            step,
            dropped: expired.iter().map(|entry| entry.kid().to_owned()).collect(),
        })
    }
}

fn is_expired(entry: &Entry, now: Duration, times: RotationTimes) -> bool {
    entry.retired_at.is_some_and(|retired| {
        let last = retired
            .saturating_add(times.token_lifetime)
            .saturating_add(LEEWAY);
        now > last
    })
}

fn publish(
    mut keys: Vec<Entry>,
    key: SigningKey,
    now: Duration,
    times: RotationTimes,
) -> (Vec<Entry>, RotationStep) {
    let step = RotationStep::Published {
        kid: key.kid().to_owned(),
        signs_from: now.saturating_add(times.jwks_max_age),
    };
    keys.push(Entry {
        key: Held::Signs(key),
        status: KeyStatus::Next,
        published_at: now,
        retired_at: None,
    });
    (keys, step)
}

fn promote(keys: Vec<Entry>, now: Duration) -> (Vec<Entry>, RotationStep) {
    let (mut kid, mut retired) = (String::new(), String::new());
    let keys = keys.into_iter().map(|entry| match entry.status {
        KeyStatus::Next => {
            kid = entry.kid().to_owned();
            Entry {
                status: KeyStatus::Current,
                ..entry
            }
        }
        KeyStatus::Current => {
            retired = entry.kid().to_owned();
            entry.retired(now)
        }
        KeyStatus::Previous => entry,
    });
    let keys = keys.collect();
    (keys, RotationStep::Promoted { kid, retired })
}

impl From<KeyError> for RotationError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl fmt::Display for RotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooEarly { wait } => write!(
                f,
                "the next key has not been published long enough: verifiers may not know it yet; \
                 wait {} seconds",
                wait.as_secs()
                    .saturating_add(u64::from(wait.subsec_nanos() > 0))
            ),
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RotationError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooEarly { .. } => None,
            Self::Key(error) => Some(error),
        }
    }
}
