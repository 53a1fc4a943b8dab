use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Errand;
use crate::{
    crypto::{Sealed, random_hex},
    security::State,
    store::{Entry, Key, Listed, Space, Store, StoreError},
};

const SPACE: Space<'static> = Space::new("mail");
/// Every errand has one owner, by whom it is found.
const OWNER: &str = "queue";
/// How long a letter is tried.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an errand is left to who has claimed it; whoever is not done by then has died.
const LEASE: Duration = Duration::from_secs(60);
/// How long to wait after the first failure; each time twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(30);
/// The longest wait.
const LAST_RETRY: Duration = Duration::from_secs(30 * 60);

/// The errands in the store, which all instances work off together.
pub(super) struct Queue<'a> {
    state: &'a State,
}

/// How the store holds an errand. All moments are in milliseconds since 1970.
#[derive(Clone, Serialize, Deserialize)]
struct Record {
    queued: u64,
    /// Nobody touches it before: it failed lately, or somebody has it at work.
    due: u64,
    tries: u32,
    /// The errand, sealed.
    errand: String,
}

/// An errand in the queue.
pub(super) struct Waiting {
    pub(super) id: String,
    record: Record,
    /// As it stands in the store.
    value: Vec<u8>,
}

impl<'a> Queue<'a> {
    pub(super) fn of(state: &'a State) -> Self {
        Self { state }
    }

    /// One write, whatever the errand.
    pub(super) async fn add(&self, errand: &Errand) -> Result<(), StoreError> {
        let now = self.now();
        let id = random_hex::<16>();
        let sealed = self.state.sealer().seal(errand, id.as_bytes());
        let sealed = sealed.map_err(|_| StoreError::Invalid("errand"))?;
        let record = Record {
            queued: now,
            due: now,
            tries: 0,
            errand: sealed.as_str().to_owned(),
        };
        let value = record.value()?;
        let entry = entry(&value, LIFETIME);
        self.store().put(key(&id), entry).await
    }

    /// Everything in the queue, the oldest first.
    pub(super) async fn all(&self) -> Result<Vec<Waiting>, StoreError> {
        let listed = self.store().list(SPACE, OWNER).await?;
        let mut all: Vec<_> = listed.into_iter().filter_map(Waiting::read).collect();
        all.sort_by_key(|waiting| waiting.record.queued);
        Ok(all)
    }

    pub(super) fn is_due(&self, waiting: &Waiting) -> bool {
        waiting.record.due <= self.now()
    }

    /// Takes an errand on for a while. Of any number of callers exactly one gets `true`.
    pub(super) async fn claim(&self, waiting: &mut Waiting) -> Result<bool, StoreError> {
        let record = Record {
            tries: waiting.record.tries.saturating_add(1),
            ..waiting.record.clone()
        };
        self.replace(waiting, record, LEASE).await
    }

    /// Leaves an errand for later; says how long it waits, `None` where somebody else has it by now.
    pub(super) async fn postpone(
        &self,
        waiting: &mut Waiting,
    ) -> Result<Option<Duration>, StoreError> {
        let wait = retry(waiting.record.tries);
        let record = waiting.record.clone();
        let postponed = self.replace(waiting, record, wait).await?;
        Ok(postponed.then_some(wait))
    }

    /// Takes an errand away that is done.
    pub(super) async fn remove(&self, id: &str) -> Result<(), StoreError> {
        self.store().take(key(id)).await.map(drop)
    }

    /// What is to be done; `None` where nobody here can read it.
    pub(super) fn errand(&self, waiting: &Waiting) -> Option<Errand> {
        let sealed = Sealed::from_stored(waiting.record.errand.as_str());
        let opened = self.state.sealer().open(&sealed, waiting.id.as_bytes());
        opened.ok()
    }

    async fn replace(
        &self,
        waiting: &mut Waiting,
        mut record: Record,
        wait: Duration,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let rest = (record.queued + millis(LIFETIME)).saturating_sub(now);
        if rest == 0 {
            return Ok(false);
        }
        record.due = now + millis(wait);
        let value = record.value()?;
        let entry = entry(&value, Duration::from_millis(rest));
        let expected = &waiting.value;
        let key = key(&waiting.id);
        let replaced = self.store().compare_and_swap(key, expected, entry).await?;
        if replaced {
            (waiting.record, waiting.value) = (record, value);
        }
        Ok(replaced)
    }

    fn store(&self) -> &dyn Store {
        self.state.store()
    }

    fn now(&self) -> u64 {
        millis(self.state.clock().unix())
    }
}

impl Record {
    fn value(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(|_| StoreError::Invalid("errand"))
    }
}

impl Waiting {
    /// What another version has written may be unreadable here; it ends by itself.
    fn read(listed: Listed) -> Option<Self> {
        let record = serde_json::from_slice(&listed.value).ok()?;
        Some(Self {
            id: listed.id,
            record,
            value: listed.value,
        })
    }
}

fn key(id: &str) -> Key<'_> {
    SPACE.key(id)
}

fn entry(value: &[u8], lifetime: Duration) -> Entry<'_> {
    Entry {
        value,
        owner: Some(OWNER),
        lifetime,
    }
}

/// How long to wait after so many failures.
fn retry(tries: u32) -> Duration {
    let doublings = tries.saturating_sub(1).min(16);
    FIRST_RETRY.saturating_mul(1 << doublings).min(LAST_RETRY)
}

fn millis(moment: Duration) -> u64 {
    u64::try_from(moment.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_later_and_later_up_to_half_an_hour() {
        let waits: Vec<_> = (1..=8).map(|tries| retry(tries).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1800, 1800]);
        assert_eq!(retry(u32::MAX), LAST_RETRY);
    }
}
