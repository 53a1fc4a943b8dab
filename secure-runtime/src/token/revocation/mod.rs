//! Tokens that are refused although they are signed and have not expired.
//!
//! A revocation is a [`Fact`] in the store: about one token (`jti`), about all tokens of one sign-in
//! (`sid`), or about all that a subject got until some moment, but for one sign-in if it says so. Each instance of an app holds the facts
//! that count in memory, so that verifying a token asks no store. What this instance revokes counts
//! here at once; what another one revokes counts here within the *bound* (1 second by default): a
//! request is never judged by facts that were asked for longer ago than that.
//!
//! Nothing runs in the background. A request that finds the facts half as old as they may be has them
//! asked for again beside itself; one that finds them older waits for the answer.

mod fact;
mod known;
mod sync;

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::rt::time::timeout;
pub(crate) use fact::Fact;
use futures_util::{future::try_join_all, lock::Mutex};
use known::Known;
use sync::Progress;

use crate::{
    clock::Clock,
    crypto::random_hex,
    store::{Entry, Key, Space, Store, StoreError},
};

/// How many buckets are read at a time.
const AT_ONCE: usize = 16;
/// How long one turn at the store may take. What was read by then is kept.
const LONGEST_SYNC: Duration = Duration::from_secs(3);

const FACTS: Space<'static> = Space::new("revocation");
/// Changes with every fact, so that asking whether there is anything new is one read.
const VERSION: Key<'static> = Space::new("revocation-version").key("current");

/// How revocations reach other instances.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RevocationSettings {
    /// How old the facts may be by which a request is judged.
    pub(crate) bound: Duration,
    /// For how much longer requests are judged by older facts while the store does not answer.
    pub(crate) tolerated_outage: Duration,
    /// No token lives longer than this, leeway included.
    pub(crate) horizon: Duration,
}

/// What is known to be revoked.
pub(crate) struct Revocations {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: RevocationSettings,
    known: RwLock<Known>,
    /// Counts the changes of `known`.
    version: AtomicU64,
    /// When the store was last asked, in milliseconds of the monotonic clock plus one; 0 is never.
    synced_at: AtomicU64,
    /// Whether somebody asks at this moment, beside its own request.
    renewing: AtomicBool,
    progress: Mutex<Progress>,
}

/// How old the facts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// New enough.
    Fresh,
    /// New enough, and to be asked for again soon.
    Due,
    /// Too old to judge by.
    Stale,
}

/// What a token says of itself, as far as a revocation asks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revocable<'a> {
    pub(crate) token_id: &'a str,
    pub(crate) family: Option<&'a str>,
    pub(crate) subject: &'a str,
    /// Since 1970.
    pub(crate) issued_at: Duration,
}

impl Revocations {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        settings: RevocationSettings,
    ) -> Self {
        Self {
            store,
            clock,
            settings,
            known: RwLock::default(),
            version: AtomicU64::new(0),
            synced_at: AtomicU64::new(0),
            renewing: AtomicBool::new(false),
            progress: Mutex::new(Progress::default()),
        }
    }

    /// Makes a fact known: to the others through the store, and here at once.
    ///
    /// When the store fails it counts nowhere, not even here: whoever signs out has to be able to do
    /// it again with the same token.
    pub(crate) async fn revoke(&self, fact: &Fact) -> Result<(), StoreError> {
        let now = self.clock.unix();
        let Some(lifetime) = fact.until().checked_sub(now).filter(|left| !left.is_zero()) else {
            // The token has expired; there is nothing to tell.
            return Ok(());
        };
        let entry = Entry {
            value: &fact.to_bytes(),
            owner: Some(&sync::bucket(now).to_string()),
            lifetime,
        };
        self.store.put(FACTS.key(&fact.id()), entry).await?;
        if self.store.is_shared() {
            // After the fact: who sees the new version finds the fact.
            let version = random_hex::<16>();
            let entry = Entry {
                value: version.as_bytes(),
                owner: None,
                lifetime: self.settings.horizon * 2,
            };
            self.store.put(VERSION, entry).await?;
        }
        self.revoke_here(fact)
    }

    /// Makes a fact known here alone.
    pub(crate) fn revoke_here(&self, fact: &Fact) -> Result<(), StoreError> {
        self.learn(std::iter::once(fact.clone()), self.clock.unix())
    }

    /// Whether a token is refused.
    pub(crate) fn is_revoked(&self, token: &Revocable<'_>) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.revokes(token)
    }

    /// Whether `subject` was signed out at `moment` or later: everywhere, or but for another sign-in than
    /// `family`.
    pub(crate) fn is_signed_out_since(
        &self,
        subject: &str,
        family: Option<&str>,
        moment: Duration,
    ) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.refuses_subject(subject, family, moment)
    }

    /// A number that changes when anything is revoked that was not before.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// How far what is known here may be behind what other instances have revoked.
    pub(crate) fn freshness(&self) -> Freshness {
        if !self.store.is_shared() {
            return Freshness::Fresh;
        }
        let Some(age) = self.age() else {
            return Freshness::Stale;
        };
        if age * 2 < self.settings.bound {
            Freshness::Fresh
        } else if age < self.settings.bound {
            Freshness::Due
        } else {
            Freshness::Stale
        }
    }

    /// As [`refresh`](Self::refresh), to judge a token: while the store does not answer, what is known is
    /// good enough for as long as is tolerated.
    ///
    /// # Errors
    /// When the store does not answer, and did not for longer than is tolerated.
    pub(crate) async fn refresh_or_tolerate(&self) -> Result<(), StoreError> {
        let longest = self.settings.bound + self.settings.tolerated_outage;
        let refreshed = self.refresh().await;
        refreshed.or_else(|error| match self.age() {
            Some(age) if age < longest => Ok(()),
            _ => Err(error),
        })
    }

    /// Asks the store for what is new, once for all who wait for it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn refresh(&self) -> Result<(), StoreError> {
        if !self.store.is_shared() {
            return Ok(());
        }
        let asked = self.clock.monotonic();
        let mut progress = self.progress.lock().await;
        match progress.since(asked) {
            Some(outcome) => outcome,
            None => self.synchronise(&mut progress).await,
        }
    }

    /// Whether the caller is the one that asks the store beside its own request. Until the promise is
    /// dropped nobody else is.
    pub(crate) fn begin_renewal(self: &Arc<Self>) -> Option<Renewal> {
        let begun = !self.renewing.swap(true, Ordering::AcqRel);
        begun.then(|| Renewal(self.clone()))
    }

    fn age(&self) -> Option<Duration> {
        let synced_at = self.synced_at.load(Ordering::Acquire).checked_sub(1)?;
        let synced_at = Duration::from_millis(synced_at);
        Some(self.clock.monotonic().saturating_sub(synced_at))
    }

    async fn synchronise(&self, progress: &mut Progress) -> Result<(), StoreError> {
        let (started, now) = (self.clock.monotonic(), self.clock.unix());
        let asked = timeout(LONGEST_SYNC, self.ask(progress, now)).await;
        match asked.unwrap_or_else(|late| Err(StoreError::unavailable(late))) {
            Ok(()) => {
                progress.succeeded(started);
                let millis = u64::try_from(started.as_millis()).unwrap_or(u64::MAX - 1);
                self.synced_at.store(millis + 1, Ordering::Release);
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "new revocations could not be asked for");
                progress.failed(self.clock.monotonic(), error.clone());
                Err(error)
            }
        }
    }

    async fn ask(&self, progress: &mut Progress, now: Duration) -> Result<(), StoreError> {
        // What was left half read comes first: its version is older than the present one.
        self.read(progress, now).await?;
        let version = self.store.get(VERSION).await?;
        progress.begin(version, now, self.settings.horizon);
        self.read(progress, now).await
    }

    /// Reads on, several buckets at a time, and keeps what it has come to.
    async fn read(&self, progress: &mut Progress, now: Duration) -> Result<(), StoreError> {
        while let Some(reading) = &mut progress.reading {
            let batch: Vec<u64> = reading.buckets.clone().take(AT_ONCE).collect();
            let Some(last) = batch.last() else { break };
            let lists = batch.iter().map(|bucket| async move {
                let owner = bucket.to_string();
                self.store.list(FACTS, &owner).await
            });
            for listed in try_join_all(lists).await? {
                let facts = listed.iter().filter_map(|entry| {
                    let fact = Fact::from_bytes(&entry.value);
                    // One that nobody can read must not keep everybody out.
                    fact.inspect_err(|error| tracing::error!(%error, id = ?entry.id))
                        .ok()
                });
                self.learn(facts, now)?;
            }
            let end = *reading.buckets.end();
            if *last >= end {
                break;
            }
            reading.buckets = last + 1..=end;
        }
        progress.finish();
        Ok(())
    }

    fn learn(
        &self,
        facts: impl IntoIterator<Item = Fact>,
        now: Duration,
    ) -> Result<(), StoreError> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for fact in facts {
            if known.learn(fact, now)? {
                // While the lock is held: who sees the new number finds the fact.
                self.version.fetch_add(1, Ordering::AcqRel);
            }
        }
        Ok(())
    }
}

/// The promise to ask the store for what is new.
pub(crate) struct Renewal(Arc<Revocations>);

impl Renewal {
    pub(crate) async fn run(self) {
        // What went wrong is logged there, and whoever comes next asks again.
        let _ = self.0.refresh().await;
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        self.0.renewing.store(false, Ordering::Release);
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
