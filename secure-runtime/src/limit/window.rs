//! The sliding window: never more than `N` in any stretch of time as long as the period.
//!
//! Each unit is dated to a moment `at`, which is when it was taken ([`Moments`], `N <= 64`) or a little later
//! ([`Parts`], `N > 64`), and counts while `now < at + period`.
//!
//! **Never too many.** Take any stretch `[s, s + period)`, and let `u` be the moment of the last unit
//! that passed in it. All others which passed in it did so at some `t` with `s <= t <= u`, so that
//! `at + period >= t + period >= s + period > u`: they were all counted when that one passed, and it
//! passed only because together they were at most `N`.
//!
//! **Hardly too few.** With `N <= 64`, `at` is `t`; above that, `at - t` is less than 1/64 of the period.

use std::{num::NonZeroU32, time::Duration};

use secure_grammar::Quota;

use super::{moments::Moments, parts::Parts};

/// Up to this amount each unit has its own moment.
const EXACT: u32 = 64;

/// The counter of one key for one quota.
///
/// Moments are in nanoseconds, and come in ascending order. The quota is always the same one.
#[derive(Debug, Clone)]
pub(super) enum Window {
    Moments(Moments),
    Parts(Parts),
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
    /// Nothing has been taken yet.
    pub(super) fn new(quota: Quota) -> Self {
        match quota.amount().get() <= EXACT {
            true => Self::Moments(Moments::default()),
            false => Self::Parts(Parts::default()),
        }
    }

    /// What a window of this quota takes besides itself at most, in bytes.
    pub(super) fn most_heap(quota: Quota) -> usize {
        match quota.amount().get() <= EXACT {
            true => Moments::most_heap(quota),
            false => Parts::most_heap(),
        }
    }

    /// Forgets what no longer counts, and says whether `amount` more fit.
    pub(super) fn room(&mut self, quota: Quota, amount: NonZeroU32, now: u64) -> Result<(), Full> {
        self.expire(quota, now);
        if amount > quota.amount() {
            return Err(Full::Forever);
        }
        match self {
            Self::Moments(moments) => moments.room(quota, amount, now),
            Self::Parts(parts) => parts.room(quota, amount, now),
        }
    }

    /// Counts `amount` units, for which there must be [`room`](Self::room).
    pub(super) fn take(&mut self, quota: Quota, amount: NonZeroU32, now: u64) {
        match self {
            Self::Moments(moments) => moments.take(quota, amount, now),
            Self::Parts(parts) => parts.take(quota, amount, now),
        }
    }

    /// Forgets up to `amount` units taken at the moment `taken`, if they are still there.
    pub(super) fn give_back(&mut self, quota: Quota, amount: NonZeroU32, taken: u64) {
        match self {
            Self::Moments(moments) => moments.give_back(amount, taken),
            Self::Parts(parts) => parts.give_back(quota, amount, taken),
        }
    }

    /// Forgets what no longer counts at `now`.
    pub(super) fn expire(&mut self, quota: Quota, now: u64) {
        match self {
            Self::Moments(moments) => moments.expire(quota, now),
            Self::Parts(parts) => parts.expire(quota, now),
        }
    }

    /// How many units are left. Like the other readings, right after [`expire`](Self::expire).
    pub(super) fn remaining(&self, quota: Quota) -> u32 {
        match self {
            Self::Moments(moments) => moments.remaining(quota),
            Self::Parts(parts) => parts.remaining(quota),
        }
    }

    /// How long until the oldest units are forgotten; zero if there are none.
    pub(super) fn reset(&self, quota: Quota, now: u64) -> Duration {
        match self {
            Self::Moments(moments) => moments.reset(quota, now),
            Self::Parts(parts) => parts.reset(quota, now),
        }
    }

    /// From which moment on this window is as good as new.
    pub(super) fn idle_from(&self, quota: Quota) -> u64 {
        match self {
            Self::Moments(moments) => moments.idle_from(quota),
            Self::Parts(parts) => parts.idle_from(quota),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::num::NonZeroU64;

    use super::super::time;
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
        let quota = quota(1, 60);
        let mut window = Window::new(quota);
        assert_eq!(take(&mut window, quota, 1, 7), Ok(()));
        let last = 7 + 60 * SECOND - 1;
        let one = Full::For(Duration::from_nanos(1));
        assert_eq!(take(&mut window, quota, 1, last), Err(one));
        assert_eq!(take(&mut window, quota, 1, last + 1), Ok(()));
    }

    #[test]
    fn a_costly_request_waits_for_as_many_units_as_it_needs() {
        let quota = quota(3, 10);
        let mut window = Window::new(quota);
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
        let quota = quota(2, 10);
        let mut window = Window::new(quota);
        assert_eq!(take(&mut window, quota, 1, 100 * SECOND), Ok(()));
        assert_eq!(take(&mut window, quota, 1, 0), Ok(()));
        assert!(take(&mut window, quota, 1, 50 * SECOND).is_err());
        assert!(take(&mut window, quota, 1, 110 * SECOND - 1).is_err());
        assert_eq!(take(&mut window, quota, 2, 110 * SECOND), Ok(()));
    }

    #[test]
    fn units_come_back_where_they_were_taken() {
        let quota = quota(2, 10);
        let mut window = Window::new(quota);
        assert_eq!(take(&mut window, quota, 1, 0), Ok(()));
        assert_eq!(take(&mut window, quota, 1, SECOND), Ok(()));
        window.give_back(quota, NonZeroU32::MIN, 0);
        assert_eq!(window.remaining(quota), 1);
        window.give_back(quota, NonZeroU32::MIN, 0);
        assert_eq!(window.remaining(quota), 1);
        assert_eq!(window.idle_from(quota), 11 * SECOND);
        assert_eq!(window.reset(quota, 2 * SECOND), Duration::from_secs(9));
    }

    #[test]
    fn units_of_a_large_quota_come_back_where_they_were_taken() {
        let quota = quota(100, 64);
        let mut window = Window::new(quota);
        for now in [0, 3, 5] {
            assert_eq!(take(&mut window, quota, 30, now * SECOND), Ok(()));
        }
        let thirty = NonZeroU32::new(30).unwrap();
        window.give_back(quota, thirty, 5 * SECOND + 7);
        assert_eq!(window.remaining(quota), 40);
        // The part of the third second is the last one now, and it counts to its end.
        assert_eq!(window.idle_from(quota), 68 * SECOND - 1);
        window.give_back(quota, thirty, 4 * SECOND);
        assert_eq!(window.remaining(quota), 40);
        window.give_back(quota, thirty, 0);
        assert_eq!(window.remaining(quota), 70);
        assert_eq!(
            window.reset(quota, 0),
            Duration::from_nanos(68 * SECOND - 1)
        );
        window.give_back(quota, thirty, 3 * SECOND);
        assert_eq!((window.remaining(quota), window.idle_from(quota)), (100, 0));
        assert_eq!(take(&mut window, quota, 100, 200 * SECOND), Ok(()));
        assert!(take(&mut window, quota, 1, 264 * SECOND).is_err());
        assert_eq!(take(&mut window, quota, 1, 265 * SECOND), Ok(()));
    }

    #[test]
    fn memory_is_bounded_whatever_the_amount() {
        for amount in 1..=EXACT {
            let (quota, mut now) = (quota(amount, 60), 1);
            let mut window = Window::new(quota);
            for cost in [1, 1, 2, 1, 5, 1, 1, 1].into_iter().cycle().take(500) {
                let _ = take(&mut window, quota, cost, now);
                now += SECOND / 2;
                let Window::Moments(moments) = &window else {
                    panic!("an exact one");
                };
                assert!(moments.capacity() <= (amount as usize).max(2));
            }
        }
        assert!(matches!(Window::new(quota(65, 1)), Window::Parts(_)));
        assert!(size_of::<Window>() <= 32);
    }

    #[test]
    fn extremes_neither_overflow_nor_open() {
        let quota = Quota::new(NonZeroU32::MIN, NonZeroU64::MAX);
        let mut window = Window::new(quota);
        assert_eq!(take(&mut window, quota, 1, 0), Ok(()));
        assert!(take(&mut window, quota, 1, time::moment(Duration::MAX)).is_err());
        let large = Quota::new(NonZeroU32::MAX, NonZeroU64::MAX);
        let mut window = Window::new(large);
        let latest = time::moment(Duration::MAX);
        assert_eq!(take(&mut window, large, u32::MAX, latest), Ok(()));
        assert!(take(&mut window, large, 1, latest).is_err());
    }
}
