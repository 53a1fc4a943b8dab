//! What newcomers count against while the table is full.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Decision, Receipt, Rule, Standing, state::State};

/// One state a `counter` id, which all keys without a place of their own share.
///
/// Locked after a shard, never before one. Moments are in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Overflow {
    /// As many as there are limits, so nothing is ever dropped.
    shared: Mutex<HashMap<u32, (Rule, State)>>,
}

impl Overflow {
    /// Charges a newcomer for whom there is no place.
    pub(super) fn take(&self, counter: u32, rule: &Rule, amount: NonZeroU32, now: u64) -> Decision {
        let mut shared = self.lock();
        let (rule, state) = shared
            .entry(counter)
            .or_insert_with(|| (rule.clone(), State::new(rule)));
        state.take(rule, amount, now)
    }

    /// Gives back what was taken here. `None` if nothing ever was.
    pub(super) fn give_back(&self, counter: u32, receipt: Receipt, now: u64) -> Option<Standing> {
        let mut shared = self.lock();
        let (rule, state) = shared.get_mut(&counter)?;
        state.give_back(rule, receipt);
        Some(state.standing(rule, now))
    }

    /// A poisoned lock is taken as it is: a panic in the middle of a charge can only leave too much charged.
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, (Rule, State)>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
