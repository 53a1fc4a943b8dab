//! When a key was last used, and how often.
//!
//! A request adds to a number in memory. What has come together is written ten seconds after the first of
//! it, beside whatever requests are under way, and when the app stops, by
//! [`ApiKeys::flush`](super::ApiKeys::flush).

use std::{
    collections::HashMap,
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::rt::time::sleep;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::{
    KEYS, TRIES,
    record::{entry, lifetime},
    text::KeyId,
};
use crate::{
    clock::Clock,
    store::{Space, Store, StoreError},
};

pub(super) const USES: Space<'static> = Space::new("api-key-use");
/// How long uses are counted in memory before they are written.
const WRITTEN_AFTER: Duration = Duration::from_secs(10);
/// How many keys are written at a time.
const AT_ONCE: usize = 16;

/// What the store holds of the use of a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Use {
    pub(super) uses: u64,
    /// Milliseconds since 1970; zero is never.
    pub(super) last_used_at: u64,
}

/// The uses of one key that are not written yet.
#[derive(Debug)]
pub(super) struct Counter {
    id: KeyId,
    owner: String,
    /// When the key ends, since 1970.
    expires_at: Option<Duration>,
    uses: AtomicU64,
    last_used_at: AtomicU64,
}

/// Counts the uses of keys, and writes them.
pub(super) struct Usage {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    counters: Mutex<HashMap<KeyId, Arc<Counter>>>,
    /// Whether somebody is going to write.
    scheduled: AtomicBool,
}

impl Counter {
    pub(super) fn new(id: KeyId, owner: &str, expires_at: Option<Duration>) -> Self {
        Self {
            id,
            owner: owner.to_owned(),
            expires_at,
            uses: AtomicU64::new(0),
            last_used_at: AtomicU64::new(0),
        }
    }

    fn counted(&self) -> Use {
        Use {
            uses: self.uses.load(Ordering::Acquire),
            last_used_at: self.last_used_at.load(Ordering::Acquire),
        }
    }
}

impl Use {
    /// Of several, the latest.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            uses: self.uses.saturating_add(other.uses),
            last_used_at: self.last_used_at.max(other.last_used_at),
        }
    }

    /// What cannot be read is counted anew.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    fn to_bytes(self) -> Vec<u8> {
        // Numbers always serialize.
        serde_json::to_vec(&self).unwrap_or_default()
    }
}

impl Usage {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            counters: Mutex::default(),
            scheduled: AtomicBool::new(false),
        }
    }

    /// The one counter of a key in this process.
    pub(super) fn counter(
        &self,
        id: KeyId,
        owner: &str,
        expires_at: Option<Duration>,
    ) -> Arc<Counter> {
        let mut counters = self.counters();
        let new = || Arc::new(Counter::new(id, owner, expires_at));
        counters.entry(id).or_insert_with(new).clone()
    }

    /// One more use, at `now` in milliseconds since 1970.
    pub(super) fn count(self: &Arc<Self>, counter: &Counter, now: u64) {
        counter.last_used_at.fetch_max(now, Ordering::AcqRel);
        counter.uses.fetch_add(1, Ordering::AcqRel);
        self.schedule();
    }

    /// What is counted here of a key and not written yet.
    pub(super) fn counted(&self, id: &KeyId) -> Use {
        let counters = self.counters();
        let counted = counters.get(id).map(|counter| counter.counted());
        counted
            .filter(|counted| counted.uses > 0)
            .unwrap_or_default()
    }

    /// The key is gone, and its use is of no interest any more.
    pub(super) fn forget(&self, id: &KeyId) {
        self.counters().remove(id);
    }

    /// Writes what has come together.
    ///
    /// # Errors
    /// When the store fails. What was not written is written the next time.
    pub(super) async fn flush(&self) -> Result<(), StoreError> {
        let writes = self.due().into_iter().map(|due| self.write(due));
        let outcomes: Vec<_> = stream::iter(writes)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        outcomes.into_iter().collect()
    }

    /// The counters that have counted. Those that nobody counts with any more are dropped.
    fn due(&self) -> Vec<Due> {
        let mut counters = self.counters();
        let due = counters.values().filter_map(Due::take).collect();
        // Whoever counts with one has it from here, so it cannot be taken up again meanwhile.
        counters.retain(|_, counter| Arc::strong_count(counter) > 1);
        due
    }

    async fn write(&self, due: Due) -> Result<(), StoreError> {
        let id = due.counter.id;
        let key = USES.key(id.as_str());
        for _ in 0..TRIES {
            let stored = self.store.get(key).await?;
            let Some(lifetime) = lifetime(due.counter.expires_at, self.clock.unix()) else {
                due.written();
                return Ok(());
            };
            let before = stored.as_deref().map(Use::from_bytes).unwrap_or_default();
            let value = before.plus(due.counted).to_bytes();
            let entry = entry(&value, &due.counter.owner, lifetime);
            let is_written = match &stored {
                Some(stored) => self.store.compare_and_swap(key, stored, entry).await?,
                None => self.store.put_if_absent(key, entry).await?,
            };
            if !is_written {
                continue;
            }
            due.written();
            // A key that was revoked meanwhile leaves nothing behind. Who revokes it takes the key first.
            if stored.is_none() && self.store.get(KEYS.key(id.as_str())).await?.is_none() {
                self.store.take(key).await?;
            }
            return Ok(());
        }
        Err(StoreError::unavailable("others count at the same time"))
    }

    /// Has somebody write, if nobody is going to.
    fn schedule(self: &Arc<Self>) {
        if self.scheduled.load(Ordering::Acquire) || self.scheduled.swap(true, Ordering::AcqRel) {
            return;
        }
        let promise = Promise(self.clone());
        // Without a runtime nobody waits for anything; the promise is then dropped at once.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(promise.keep());
        }
    }

    fn counters(&self) -> MutexGuard<'_, HashMap<KeyId, Arc<Counter>>> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The promise to write. A worker that stops drops it, and whoever counts next makes another.
struct Promise(Arc<Usage>);

impl Promise {
    async fn keep(self) {
        sleep(WRITTEN_AFTER).await;
        let usage = self.0.clone();
        // What is counted from now on is for the next one.
        drop(self);
        if let Err(error) = usage.flush().await {
            tracing::warn!(%error, "the use of API keys could not be written, and is tried again");
            usage.schedule();
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.0.scheduled.store(false, Ordering::Release);
    }
}

/// What is taken out of a counter. Unless it is written it goes back, even when nobody waits for it any
/// more.
struct Due {
    counter: Arc<Counter>,
    counted: Use,
}

impl Due {
    fn take(counter: &Arc<Counter>) -> Option<Self> {
        let uses = counter.uses.swap(0, Ordering::AcqRel);
        let last_used_at = counter.last_used_at.load(Ordering::Acquire);
        (uses > 0).then(|| Self {
            counter: counter.clone(),
            counted: Use { uses, last_used_at },
        })
    }

    fn written(mut self) {
        mem::take(&mut self.counted);
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        let uses = self.counted.uses;
        self.counter.uses.fetch_add(uses, Ordering::AcqRel);
    }
}

impl fmt::Debug for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Usage").finish_non_exhaustive()
    }
}
