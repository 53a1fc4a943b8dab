//! How often somebody may fail to prove who it is.
//!
//! Every attempt is charged before the password is looked at, so that of any number at once no more are
//! looked at than one after the other would be. What it was charged is given back when the password was the
//! right one, and where nobody could say.
//!
//! | counter | failures | then |
//! |---|---|---|
//! | of an account and the network that the attempt comes from | 5 | a pause of 60 seconds, doubled by each further failure up to an hour |
//! | of an account, wherever the attempt comes from | 100 | the same |
//! | of a device on which the account has signed in before, in the place of both | 5 | the same |
//!
//! A counter is forgotten 24 hours after the last failure. It stands in the store under a plain SHA-256 and
//! not under a keyed hash: instances that know another secret as the current one (an hour after a rotation,
//! or an instance that was not restarted since) would count for themselves, and who guesses would have as
//! many attempts at each. What a keyed hash would hide from whoever reads the store, that somebody failed to
//! sign in under an address that the reader has guessed, is gone after a day.

mod counter;
#[cfg(test)]
mod tests;

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use actix_web::http::StatusCode;
use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use self::counter::{Counter, Rule, Step};
use super::device::KnownDevice;
use crate::{
    Problem,
    clock::Clock,
    guard::network,
    store::{Entry, Space, Store, StoreError},
};

const COUNTERS: Space<'static> = Space::new("sign-in throttle");

/// How often a counter is tried to be changed while others change it too.
const ROUNDS: usize = 32;

/// When to come back, for somebody whom all the others left no turn.
const CROWDED: Duration = Duration::from_secs(1);

/// Decides which attempts are looked at. A handle; it holds nothing itself.
#[derive(Clone)]
pub(crate) struct Throttle {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// Why an attempt is not looked at.
#[derive(Debug)]
pub(crate) enum ThrottleError {
    /// There were too many.
    Refused {
        /// When to come back.
        wait: Duration,
    },
    /// Nobody can say how many there were.
    Failed(StoreError),
}

/// An attempt that is looked at, and is charged already. One that is dropped stays so.
#[derive(Debug)]
#[must_use = "an attempt that succeeded, or that nobody could judge, is not to stay charged"]
pub(crate) struct Attempt {
    throttle: Throttle,
    /// Of the account and the network, or of the device.
    own: Charge,
    /// Of the account, but for a device that is known.
    wide: Option<Charge>,
}

/// What an attempt was charged.
#[derive(Debug)]
struct Charge {
    id: String,
    before: Counter,
    after: Counter,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Network = 1,
    Account = 2,
    Device = 3,
}

impl Kind {
    const fn rule(self) -> Rule {
        let failures = match self {
            Self::Network | Self::Device => 5,
            Self::Account => 100,
        };
        Rule { failures }
    }

    /// The id of a counter.
    fn id(self, account: &str, detail: &[u8]) -> String {
        let mut hash = Context::new(&SHA256);
        hash.update(b"secure-runtime sign-in throttle");
        hash.update(&[self as u8]);
        hash.update(&(account.len() as u64).to_be_bytes());
        hash.update(account.as_bytes());
        hash.update(detail);
        URL_SAFE_NO_PAD.encode(hash.finish())
    }
}

impl Throttle {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Admits an attempt and charges it. `account` is whom it is about, whether or not there is such an
    /// account: a text whose beginning says what kind of name it is (`identifier:`, `subject:`), so that
    /// nobody can sign in under a name that is another one's subject.
    pub(crate) async fn begin(
        &self,
        account: &str,
        address: Option<IpAddr>,
        device: Option<&KnownDevice>,
    ) -> Result<Attempt, ThrottleError> {
        if let Some(device) = device {
            return Ok(Attempt {
                throttle: self.clone(),
                own: self.charge(Kind::Device, account, device.id()).await?,
                wide: None,
            });
        }
        let network = address.map(network).unwrap_or_default();
        // The narrower one first: whoever is refused there does not so much as touch what the account
        // shares with others.
        let own = self.charge(Kind::Network, account, &network).await?;
        match self.charge(Kind::Account, account, &[]).await {
            Ok(wide) => Ok(Attempt {
                throttle: self.clone(),
                own,
                wide: Some(wide),
            }),
            Err(error) => {
                self.give_back(&own).await;
                Err(error)
            }
        }
    }

    async fn charge(
        &self,
        kind: Kind,
        account: &str,
        detail: &[u8],
    ) -> Result<Charge, ThrottleError> {
        let id = kind.id(account, detail);
        // Each turn but the last means that somebody else was charged meanwhile.
        for _ in 0..ROUNDS {
            let now = self.clock.unix();
            let stored = self.store.get(COUNTERS.key(&id)).await?;
            let before = stored.as_deref().map(Counter::from_bytes).transpose()?;
            let before = before.unwrap_or_default();
            let (after, refused) = match before.charge(kind.rule(), now) {
                Step::Admitted(after) => (after, None),
                Step::Refused { wait } => return Err(ThrottleError::Refused { wait }),
                Step::Shortened { counter, wait } => (counter, Some(wait)),
            };
            if !self.replace(&id, stored.as_deref(), after, now).await? {
                continue;
            }
            return match refused {
                Some(wait) => Err(ThrottleError::Refused { wait }),
                None => Ok(Charge { id, before, after }),
            };
        }
        Err(ThrottleError::Refused { wait: CROWDED })
    }

    /// Gives a charge back. What cannot be given back stays charged.
    async fn give_back(&self, charge: &Charge) {
        match self.try_to_give_back(charge).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("an attempt to sign in stays charged: too many at once"),
            Err(error) => tracing::warn!(%error, "an attempt to sign in stays charged"),
        }
    }

    async fn try_to_give_back(&self, charge: &Charge) -> Result<bool, StoreError> {
        for _ in 0..ROUNDS {
            let Some(stored) = self.store.get(COUNTERS.key(&charge.id)).await? else {
                return Ok(true);
            };
            let now = self.clock.unix();
            let left = Counter::from_bytes(&stored)?.without(charge.before, charge.after);
            if self.replace(&charge.id, Some(&stored), left, now).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Forgets a counter.
    async fn reset(&self, charge: &Charge) {
        if let Err(error) = self.store.take(COUNTERS.key(&charge.id)).await {
            tracing::warn!(%error, "failures to sign in stay counted");
        }
    }

    /// Writes a counter, if what is there is still what was read.
    async fn replace(
        &self,
        id: &str,
        stored: Option<&[u8]>,
        counter: Counter,
        now: Duration,
    ) -> Result<bool, StoreError> {
        let (key, value) = (COUNTERS.key(id), counter.to_bytes());
        let entry = Entry {
            value: &value,
            owner: None,
            lifetime: counter.lifetime(now),
        };
        match stored {
            Some(stored) => self.store.compare_and_swap(key, stored, entry).await,
            None => self.store.put_if_absent(key, entry).await,
        }
    }
}

impl Attempt {
    /// Whether nobody is looked at for a while after it, if it fails.
    pub(crate) fn starts_pause(&self) -> bool {
        let pauses = |charge: &Charge| charge.after.pauses_since(charge.before);
        pauses(&self.own) || self.wide.as_ref().is_some_and(pauses)
    }

    /// It failed, and stays charged.
    pub(crate) fn failed(self) {}

    /// It succeeded: what was counted of the network or the device is forgotten; of what is counted of the
    /// account, only this attempt is.
    pub(crate) async fn succeeded(self) {
        self.throttle.reset(&self.own).await;
        if let Some(wide) = &self.wide {
            self.throttle.give_back(wide).await;
        }
    }

    /// Nobody could say whether it was to succeed, and it costs nothing.
    pub(crate) async fn give_back(self) {
        if let Some(wide) = &self.wide {
            self.throttle.give_back(wide).await;
        }
        self.throttle.give_back(&self.own).await;
    }
}

impl From<StoreError> for ThrottleError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<ThrottleError> for Problem {
    fn from(error: ThrottleError) -> Self {
        match error {
            ThrottleError::Refused { wait } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(wait)
            }
            ThrottleError::Failed(error) => error.into(),
        }
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle").finish_non_exhaustive()
    }
}
