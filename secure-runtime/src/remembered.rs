//! Credentials that were verified a moment ago.
//!
//! Only those that are good, or that were until their owner was gone, have a place here: whatever strangers
//! make up takes no memory.

use std::{
    collections::{HashMap, hash_map::RandomState},
    fmt,
    hash::{BuildHasher as _, Hash},
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::lock::Mutex as Queue;

use crate::Problem;

const SHARDS: usize = 16;
/// How many are remembered: about 20 MB of them.
const CAPACITY: usize = 10_000;
/// How many a generation of a shard holds.
const ROOM: usize = CAPACITY.div_ceil(2 * SHARDS);

/// The credentials that were used last, at most so many of them: their ids, and what was found out about
/// each.
pub(crate) struct Remembered<I, V> {
    shards: [Mutex<Shard<I, V>>; SHARDS],
    spread: RandomState,
}

/// What was used lately, and what was used before that. When the young are as many as there is room
/// for, they become the old, and the old are forgotten unless they were used again meanwhile.
struct Shard<I, V> {
    young: HashMap<I, Known<V>>,
    old: HashMap<I, Known<V>>,
    /// Changes whenever a credential is forgotten.
    epoch: u64,
}

struct Known<V> {
    turn: Arc<Turn>,
    verified: Option<Arc<V>>,
}

/// Of all who ask about one credential at a time, one asks, and the others wait for the answer.
#[derive(Default)]
pub(crate) struct Turn {
    /// How often nobody could say.
    failures: AtomicU64,
    /// Why nobody could say, the last time that it was so.
    last: Queue<Option<Problem>>,
}

impl Turn {
    /// Asks, once everybody who came before has had an answer. Where one of them has found out meanwhile
    /// that nobody can say, that is the answer for all who waited: they do not each wait for it again.
    pub(crate) async fn ask<T>(
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

impl<I: Copy + Eq + Hash, V> Remembered<I, V> {
    pub(crate) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            spread: RandomState::new(),
        }
    }

    pub(crate) fn find(&self, id: &I) -> Option<Arc<V>> {
        self.shard(id).known(id)?.verified.clone()
    }

    /// Where those who ask about the credential wait. Taken for those alone whose secret is known to be right.
    pub(crate) fn turn(&self, id: &I) -> Arc<Turn> {
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
    pub(crate) fn epoch(&self, id: &I) -> u64 {
        self.shard(id).epoch
    }

    /// Remembers what was found out, unless one was forgotten meanwhile: it may have been this one.
    pub(crate) fn remember(&self, id: &I, verified: &Arc<V>, epoch: u64) {
        let mut shard = self.shard(id);
        if shard.epoch != epoch {
            return;
        }
        let turn = shard.known(id).map(|known| known.turn.clone());
        let known = Known {
            turn: turn.unwrap_or_default(),
            verified: Some(verified.clone()),
        };
        shard.insert(*id, known);
    }

    /// From now on the store is asked about it again.
    pub(crate) fn forget(&self, id: &I) {
        let mut shard = self.shard(id);
        shard.epoch += 1;
        shard.young.remove(id);
        shard.old.remove(id);
    }

    fn shard(&self, id: &I) -> MutexGuard<'_, Shard<I, V>> {
        // The remainder fits whatever a machine can count to.
        let at = usize::try_from(self.spread.hash_one(id) % SHARDS as u64).unwrap_or_default();
        let shard = &self.shards[at];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<I: Copy + Eq + Hash, V> Shard<I, V> {
    fn known(&mut self, id: &I) -> Option<&Known<V>> {
        if let Some(known) = self.old.remove(id) {
            self.insert(*id, known);
        }
        self.young.get(id)
    }

    fn insert(&mut self, id: I, known: Known<V>) {
        if self.young.len() >= ROOM && !self.young.contains_key(&id) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(id, known);
    }
}

impl<I, V> Default for Shard<I, V> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            epoch: 0,
        }
    }
}

impl<V> Default for Known<V> {
    fn default() -> Self {
        Self {
            turn: Arc::default(),
            verified: None,
        }
    }
}

impl<I, V> fmt::Debug for Remembered<I, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Remembered<usize, usize>;

    fn held(remembered: &Numbers) -> usize {
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
        let remembered = Numbers::new();
        for id in 0..3 * CAPACITY {
            remembered.remember(&id, &Arc::new(id), remembered.epoch(&id));
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
        let (remembered, used) = (Numbers::new(), 0);
        remembered.remember(&used, &Arc::new(used), remembered.epoch(&used));
        for other in 1..3 * CAPACITY {
            remembered.remember(&other, &Arc::new(other), remembered.epoch(&other));
            assert!(remembered.find(&used).is_some());
        }
    }

    #[test]
    fn what_was_asked_for_before_it_was_forgotten_is_not_remembered() {
        let (remembered, id) = (Numbers::new(), 1);
        let before = remembered.epoch(&id);
        remembered.forget(&id);
        remembered.remember(&id, &Arc::new(id), before);
        assert!(remembered.find(&id).is_none());
        remembered.remember(&id, &Arc::new(id), remembered.epoch(&id));
        assert!(remembered.find(&id).is_some());
        remembered.forget(&id);
        assert!(remembered.find(&id).is_none());
    }

    #[test]
    fn all_who_ask_about_one_credential_have_one_turn() {
        let (remembered, first, other) = (Numbers::new(), 1, 2);
        let turn = remembered.turn(&first);
        assert!(Arc::ptr_eq(&turn, &remembered.turn(&first)));
        assert!(!Arc::ptr_eq(&turn, &remembered.turn(&other)));
        remembered.remember(&first, &Arc::new(first), remembered.epoch(&first));
        assert!(Arc::ptr_eq(&turn, &remembered.turn(&first)));
    }
}
