//! A window that remembers each unit: for amounts up to 64.
//!
//! A unit taken at `t` counts while `now < t + period`, which is the promise itself: nothing is lost, and at
//! most as many moments are kept as the quota has units.

use std::{num::NonZeroU32, time::Duration};

use secure_grammar::Quota;
use smallvec::SmallVec;

use super::{memory::allocation, time, window::Full};

/// When each unit was taken, in ascending order. Two of them need no allocation: most callers send few.
#[derive(Debug, Clone, Default)]
pub(super) struct Moments(SmallVec<[u64; 2]>);

impl Moments {
    /// What they take besides themselves at most, in bytes.
    pub(super) fn most_heap(quota: Quota) -> usize {
        match quota.amount().get() as usize {
            0..=2 => 0,
            units => allocation(units * size_of::<u64>()),
        }
    }

    /// Whether `amount` fits, which is at most the quota's. Right after [`expire`](Self::expire).
    pub(super) fn room(&self, quota: Quota, amount: NonZeroU32, now: u64) -> Result<(), Full> {
        let excess = (self.0.len() + amount.get() as usize).saturating_sub(units(quota));
        match excess.checked_sub(1) {
            None => Ok(()),
            // There are as many: the amount alone does not exceed the quota.
            Some(last) => Err(self.0.get(last).map_or(Full::Forever, |taken| {
                Full::For(until_gone(*taken, quota, now))
            })),
        }
    }

    pub(super) fn take(&mut self, quota: Quota, amount: NonZeroU32, now: u64) {
        let amount = amount.get() as usize;
        self.make_room(quota, amount);
        let now = self.0.last().map_or(now, |last| now.max(*last));
        self.0.extend(std::iter::repeat_n(now, amount));
    }

    pub(super) fn give_back(&mut self, amount: NonZeroU32, taken: u64) {
        let first = self.0.partition_point(|at| *at < taken);
        let behind = self.0.partition_point(|at| *at <= taken);
        self.0
            .drain(first..behind.min(first + amount.get() as usize));
    }

    pub(super) fn expire(&mut self, quota: Quota, now: u64) {
        let is_gone = |taken: &u64| ends(*taken, quota) <= now;
        if self.0.first().is_some_and(is_gone) {
            let gone = self.0.partition_point(is_gone);
            self.0.drain(..gone);
        }
    }

    pub(super) fn remaining(&self, quota: Quota) -> u32 {
        u32::try_from(units(quota).saturating_sub(self.0.len())).unwrap_or(u32::MAX)
    }

    pub(super) fn reset(&self, quota: Quota, now: u64) -> Duration {
        self.0
            .first()
            .map_or(Duration::ZERO, |taken| until_gone(*taken, quota, now))
    }

    pub(super) fn idle_from(&self, quota: Quota) -> u64 {
        self.0.last().map_or(0, |taken| ends(*taken, quota))
    }

    /// Doubles, but to no more than the quota can need.
    fn make_room(&mut self, quota: Quota, amount: usize) {
        let (needed, capacity) = (self.0.len() + amount, self.0.capacity());
        if needed > capacity {
            self.0.grow(needed.max((2 * capacity).min(units(quota))));
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

fn units(quota: Quota) -> usize {
    quota.amount().get() as usize
}

/// The first moment at which a unit no longer counts.
fn ends(taken: u64, quota: Quota) -> u64 {
    taken.saturating_add(time::period(quota))
}

fn until_gone(taken: u64, quota: Quota, now: u64) -> Duration {
    Duration::from_nanos(ends(taken, quota).saturating_sub(now))
}
