//! Keys that were verified a moment ago.
//!
//! Only keys that are good, or that were until their owner was gone, have a place here: whatever strangers
//! make up takes no memory.

use std::{
    collections::HashMap,
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::lock::Mutex as Queue;

use super::{addresses::Addresses, record::Secrets, text::KeyId, usage::Counter};
use crate::{Problem, principal::Principal};

const SHARDS: usize = 16;
/// How many keys are remembered: about 20 MB of them.
const CAPACITY: usize = 10_000;
/// How many a generation of a shard holds.
const ROOM: usize = CAPACITY.div_ceil(2 * SHARDS);

/// What was found out about a key.
pub(super) struct Verified {
    /// By the monotonic clock: before the store was asked.
    pub(super) asked: Duration,
    pub(super) secrets: Secrets,
    pub(super) addresses: Addresses,
    /// Since 1970.
    pub(super) expires_at: Option<Duration>,
    /// Who calls with it; `None` where the owner's account is gone or disabled.
    pub(super) principal: Option<Principal>,
    pub(super) counter: Arc<Counter>,
}

/// The keys that were used last, at most so many of them.
pub(super) struct Remembered {
    shards: [Mutex<Shard>; SHARDS],
}

/// What was used lately, and what was used before that. When the young are as many as there is room
/// for, they become the old, and the old are forgotten unless they were used again meanwhile.
#[derive(Default)]
struct Shard {
    young: HashMap<KeyId, Known>,
    old: HashMap<KeyId, Known>,
    /// Changes whenever a key is forgotten.
    epoch: u64,
}

#[derive(Clone, Default)]
struct Known {
    turn: Arc<Turn>,
    verified: Option<Arc<Verified>>,
}

/// Of all who ask about one key at a time, one asks, and the others wait for the answer.
#[derive(Default)]
pub(super) struct Turn {
    /// How often nobody could say.
    failures: AtomicU64,
    /// Why nobody could say, the last time that it was so.
    last: Queue<Option<Problem>>,
}

impl Turn {
    /// Asks, once everybody who came before has had an answer. Where one of them has found out meanwhile
    /// that nobody can say, that is the answer for all who waited: they do not each wait for it again.
    pub(super) async fn ask<T>(
        &self,
        ask: impl AsyncFnOnce() -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let failures = self.failures.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if let Some(problem) = &*last
            && self.failures.load(Ordering::Acquire) != failures
        {
            return Err(problem.clone());
        }
        let answer = ask().await;
        if let Err(problem) = &answer
            && problem.status().is_server_error()
        {
            *last = Some(problem.clone());
            self.failures.fetch_add(1, Ordering::AcqRel);
        }
        answer
    }
}

impl Remembered {
    pub(super) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    pub(super) fn find(&self, id: &KeyId) -> Option<Arc<Verified>> {
        self.shard(id).known(id)?.verified.clone()
    }

    /// Where those who ask about the key wait. Taken for keys alone whose secret is known to be right.
    pub(super) fn turn(&self, id: &KeyId) -> Arc<Turn> {
        let mut shard = self.shard(id);
        if let Some(known) = shard.known(id) {
            return known.turn.clone();
        }
        let known = Known::default();
        let turn = known.turn.clone();
        shard.insert(*id, known);
        turn
    }

    /// What [`remember`](Self::remember) has to be told, from before the store was asked.
    pub(super) fn epoch(&self, id: &KeyId) -> u64 {
        self.shard(id).epoch
    }

    /// Remembers what was found out, unless a key was forgotten meanwhile: it may have been this one.
    pub(super) fn remember(&self, id: &KeyId, verified: &Arc<Verified>, epoch: u64) {
        let mut shard = self.shard(id);
        if shard.epoch != epoch {
            return;
        }
        let mut known = shard.known(id).cloned().unwrap_or_default();
        known.verified = Some(verified.clone());
        shard.insert(*id, known);
    }

    /// From now on the store is asked about the key again.
    pub(super) fn forget(&self, id: &KeyId) {
        let mut shard = self.shard(id);
        shard.epoch += 1;
        shard.young.remove(id);
        shard.old.remove(id);
    }

    fn shard(&self, id: &KeyId) -> MutexGuard<'_, Shard> {
        let shard = &self.shards[id.spread() % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn known(&mut self, id: &KeyId) -> Option<&Known> {
        if let Some(known) = self.old.remove(id) {
            self.insert(*id, known);
        }
        self.young.get(id)
    }

    fn insert(&mut self, id: KeyId, known: Known) {
        if self.young.len() >= ROOM && !self.young.contains_key(&id) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(id, known);
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::text::Prefix, *};

    fn id() -> KeyId {
        Prefix::default().draw().id
    }

    fn verified(id: KeyId) -> Arc<Verified> {
        Arc::new(Verified {
            asked: Duration::ZERO,
            secrets: Secrets::default(),
            addresses: Addresses::default(),
            expires_at: None,
            principal: None,
            counter: Arc::new(Counter::new(id, "ada", None)),
        })
    }

    fn held(remembered: &Remembered) -> usize {
        let shards = remembered
            .shards
            .iter()
            .map(|shard| shard.lock().expect("a shard"));
        shards
            .map(|shard| shard.young.len() + shard.old.len())
            .sum()
    }

    #[test]
    fn it_holds_what_it_was_told_and_no_more() {
        let remembered = Remembered::new();
        for _ in 0..3 * CAPACITY {
            let id = id();
            remembered.remember(&id, &verified(id), remembered.epoch(&id));
            assert!(remembered.find(&id).is_some(), "the last one is there");
        }
        assert!(
            held(&remembered) <= 2 * SHARDS * ROOM,
            "{}",
            held(&remembered)
        );
    }

    #[test]
    fn what_is_used_is_not_forgotten() {
        let (remembered, used) = (Remembered::new(), id());
        remembered.remember(&used, &verified(used), remembered.epoch(&used));
        for _ in 0..3 * CAPACITY {
            let other = id();
            remembered.remember(&other, &verified(other), remembered.epoch(&other));
            assert!(remembered.find(&used).is_some());
        }
    }

    #[test]
    fn what_was_asked_for_before_it_was_forgotten_is_not_remembered() {
        let (remembered, id) = (Remembered::new(), id());
        let before = remembered.epoch(&id);
        remembered.forget(&id);
        remembered.remember(&id, &verified(id), before);
        assert!(remembered.find(&id).is_none());
        remembered.remember(&id, &verified(id), remembered.epoch(&id));
        assert!(remembered.find(&id).is_some());
        remembered.forget(&id);
        assert!(remembered.find(&id).is_none());
    }

    #[test]
    fn all_who_ask_about_one_key_have_one_turn() {
        let (remembered, first, other) = (Remembered::new(), id(), id());
        let turn = remembered.turn(&first);
        assert!(Arc::ptr_eq(&turn, &remembered.turn(&first)));
        assert!(!Arc::ptr_eq(&turn, &remembered.turn(&other)));
        remembered.remember(&first, &verified(first), remembered.epoch(&first));
        assert!(Arc::ptr_eq(&turn, &remembered.turn(&first)));
    }
}
