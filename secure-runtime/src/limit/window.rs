//! The sliding window: never more than `N` in any stretch of time as long as the period.
//!
//! A window remembers when units were taken, in slots. A slot is `grain` nanoseconds long, and what was
//! taken in it is dated to its *last* nanosecond `at`. Units count while `now < at + period`.
//!
//! **Never too many.** Take any stretch `[s, s + period)`, and let `u` be the moment of the last unit
//! that passed in it. All others which passed in it did so at some `t` with `s <= t <= u`, so that
//! `at + period >= t + period >= s + period > u`: they were all counted when that one passed, and it
//! passed only because together they were at most `N`.
//!
//! **Hardly too few.** `at - t < grain`, so a unit counts for less than `period + grain`.
//!
//! - `N <= 64`: `grain` is 1, `at` is `t`, and nothing is lost. At most `N` slots are live.
//! - `N > 64`: `grain` is `period / 64`, rounded down, which is the 1/64 of the promise. Live slots have
//!   `now - period < at < now + grain`, that is `at` in a stretch of less than `period + grain`, in which
//!   `at` takes at most `period / grain + 2` values: 66, the remainder of the division being below 64
//!   while a grain is at least 15 625 000, as a period is at least a second.

use std::{num::NonZeroU32, time::Duration};

use secure_grammar::Quota;

use super::time;

/// Up to this amount each unit has its own moment.
const EXACT: u32 = 64;

/// How many parts a period has above that.
const PARTS: u64 = 64;

/// The most slots a window can hold, by the argument above.
const MOST_SLOTS: usize = 66;

/// The counter of one key for one quota.
///
/// Moments are in nanoseconds, and come in ascending order. The quota is always the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    /// Ascending by `at`.
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    at: u64,
    count: u32,
}

/// Why `amount` does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// It does after this time.
    For(Duration),
    /// It is more than the quota.
    Forever,
}

impl Window {
    /// Forgets what no longer counts, and says whether `amount` more fit.
    pub(super) fn room(&mut self, quota: Quota, amount: NonZeroU32, now: u64) -> Result<(), Full> {
        self.expire(quota, now);
        let limit = u64::from(quota.amount().get());
        let amount = u64::from(amount.get());
        if amount > limit {
            return Err(Full::Forever);
        }
        let mut excess = (self.count() + amount).saturating_sub(limit);
        if excess == 0 {
            return Ok(());
        }
        for slot in &self.slots {
            excess = excess.saturating_sub(u64::from(slot.count));
            if excess == 0 {
                return Err(Full::For(until_gone(*slot, quota, now)));
            }
        }
        // Not reached: as `amount <= limit`, the excess is at most what the slots hold together.
        Err(Full::Forever)
    }

    /// Counts `amount` units, for which there must be [`room`](Self::room).
    pub(super) fn take(&mut self, quota: Quota, amount: NonZeroU32, now: u64) {
        let at = slot_of(quota, now);
        if let Some(last) = self.slots.last_mut()
            && last.at >= at
        {
            last.count = last.count.saturating_add(amount.get());
            return;
        }
        self.grow();
        self.slots.push(Slot {
            at,
            count: amount.get(),
        });
    }

    /// Forgets up to `amount` units taken at the moment `taken`, and says whether there were any.
    pub(super) fn give_back(&mut self, quota: Quota, amount: NonZeroU32, taken: u64) -> bool {
        let at = slot_of(quota, taken);
        let Ok(index) = self.slots.binary_search_by_key(&at, |slot| slot.at) else {
            return false;
        };
        let slot = &mut self.slots[index];
        slot.count = slot.count.saturating_sub(amount.get());
        if slot.count == 0 {
            self.slots.remove(index);
        }
        true
    }

    /// Forgets what no longer counts at `now`.
    pub(super) fn expire(&mut self, quota: Quota, now: u64) {
        let gone = self.slots.partition_point(|slot| ends(*slot, quota) <= now);
        self.slots.drain(..gone);
    }

    /// How many units are left. Like the other readings, right after [`expire`](Self::expire).
    pub(super) fn remaining(&self, quota: Quota) -> u32 {
        let left = u64::from(quota.amount().get()).saturating_sub(self.count());
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    /// How long until the oldest units are forgotten; zero if there are none.
    pub(super) fn reset(&self, quota: Quota, now: u64) -> Duration {
        self.slots
            .first()
            .map_or(Duration::ZERO, |slot| until_gone(*slot, quota, now))
    }

    /// From which moment on this window is as good as new.
    pub(super) fn idle_from(&self, quota: Quota) -> u64 {
        self.slots.last().map_or(0, |slot| ends(*slot, quota))
    }

    fn count(&self) -> u64 {
        self.slots.iter().map(|slot| u64::from(slot.count)).sum()
    }

    /// Makes room for one more slot: most callers send one request, so the first is alone.
    fn grow(&mut self) {
        let (len, capacity) = (self.slots.len(), self.slots.capacity());
        if len == capacity {
            let wanted = (2 * capacity).clamp(1, MOST_SLOTS.max(len + 1));
            self.slots.reserve_exact(wanted - len);
        }
    }
}

/// The last nanosecond of the slot in which `moment` lies.
fn slot_of(quota: Quota, moment: u64) -> u64 {
    let grain = if quota.amount().get() <= EXACT {
        1
    } else {
        (time::period(quota) / PARTS).max(1)
    };
    moment - moment % grain + (grain - 1)
}

/// The first moment at which `slot` no longer counts.
fn ends(slot: Slot, quota: Quota) -> u64 {
    slot.at.saturating_add(time::period(quota))
}

fn until_gone(slot: Slot, quota: Quota, now: u64) -> Duration {
    Duration::from_nanos(ends(slot, quota).saturating_sub(now))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn quota(amount: u32, seconds: u64) -> Quota {
        Quota::new(
            NonZeroU32::new(amount).unwrap(),
            NonZeroU64::new(seconds).unwrap(),
        )
    }

    fn take(window: &mut Window, quota: Quota, amount: u32, now: u64) -> Result<(), Full> {
        let amount = NonZeroU32::new(amount).unwrap();
        window.room(quota, amount, now)?;
        window.take(quota, amount, now);
        Ok(())
    }

    #[test]
    fn a_unit_counts_up_to_and_not_including_its_period() {
        let (quota, mut window) = (quota(1, 60), Window::default());
        assert_eq!(take(&mut window, quota, 1, 7), Ok(()));
        let last = 7 + 60 * SECOND - 1;
        let one = Full::For(Duration::from_nanos(1));
        assert_eq!(take(&mut window, quota, 1, last), Err(one));
        assert_eq!(take(&mut window, quota, 1, last + 1), Ok(()));
    }

    #[test]
    fn a_costly_request_waits_for_as_many_units_as_it_needs() {
        let (quota, mut window) = (quota(3, 10), Window::default());
        for now in 0..3 {
            assert_eq!(take(&mut window, quota, 1, now * SECOND), Ok(()));
        }
        let wait = |seconds| Err(Full::For(Duration::from_secs(seconds)));
        assert_eq!(take(&mut window, quota, 1, 3 * SECOND), wait(7));
        assert_eq!(take(&mut window, quota, 2, 3 * SECOND), wait(8));
        assert_eq!(take(&mut window, quota, 3, 3 * SECOND), wait(9));
        assert_eq!(take(&mut window, quota, 4, 3 * SECOND), Err(Full::Forever));
    }

    #[test]
    fn a_clock_that_steps_back_opens_nothing() {
        let (quota, mut window) = (quota(2, 10), Window::default());
        assert_eq!(take(&mut window, quota, 1, 100 * SECOND), Ok(()));
        assert_eq!(take(&mut window, quota, 1, 0), Ok(()));
        assert!(take(&mut window, quota, 1, 50 * SECOND).is_err());
        assert!(take(&mut window, quota, 1, 110 * SECOND - 1).is_err());
        assert_eq!(take(&mut window, quota, 2, 110 * SECOND), Ok(()));
    }

    #[test]
    fn units_come_back_where_they_were_taken() {
        let (quota, mut window) = (quota(2, 10), Window::default());
        assert_eq!(take(&mut window, quota, 1, 0), Ok(()));
        assert_eq!(take(&mut window, quota, 1, SECOND), Ok(()));
        assert!(window.give_back(quota, NonZeroU32::MIN, 0));
        assert!(!window.give_back(quota, NonZeroU32::MIN, 0));
        assert_eq!(window.remaining(quota), 1);
        assert_eq!(window.idle_from(quota), 11 * SECOND);
        assert_eq!(window.reset(quota, 2 * SECOND), Duration::from_secs(9));
    }

    #[test]
    fn memory_is_bounded_whatever_the_amount() {
        for (amount, seconds) in [(5, 60), (64, 60), (65, 1), (1_000_000, 1), (u32::MAX, 77)] {
            let (quota, mut window) = (quota(amount, seconds), Window::default());
            let step = seconds * SECOND / 1000;
            let mut now = 1;
            for _ in 0..5000 {
                let _ = take(&mut window, quota, 1, now);
                assert!(window.slots.len() <= MOST_SLOTS);
                assert!(window.slots.capacity() <= MOST_SLOTS);
                now += step + 1;
            }
        }
    }

    #[test]
    fn extremes_neither_overflow_nor_open() {
        let quota = Quota::new(NonZeroU32::MIN, NonZeroU64::MAX);
        let mut window = Window::default();
        assert_eq!(take(&mut window, quota, 1, 0), Ok(()));
        assert!(take(&mut window, quota, 1, time::moment(Duration::MAX)).is_err());
        let large = Quota::new(NonZeroU32::MAX, NonZeroU64::MAX);
        let mut window = Window::default();
        let latest = time::moment(Duration::MAX);
        assert_eq!(take(&mut window, large, u32::MAX, latest), Ok(()));
        assert!(take(&mut window, large, 1, latest).is_err());
    }
}
