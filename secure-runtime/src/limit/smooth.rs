//! The smooth limiter: GCRA, the generic cell rate algorithm (ITU-T I.371), as `governor` computes it.
//!
//! GCRA keeps one moment a key: when the counter, refilled unit by unit, would be full again. `governor`
//! takes the state from a [`StateStore`] and the time from a [`Clock`]; here the state comes out of our
//! own table and goes back into it, and the time comes with the charge. So eight bytes a key suffice, and
//! one eviction serves both limiters.
//!
//! **The promise.** Let `i` be the time between two units, `period / N` rounded up. A unit passes at `u`
//! only if the stored moment is at most `u + (burst - 1) · i`, and moves it to `i` later, or to `u + i` if
//! it lay in the past. So of `n` units within `[s, s + t]`, the first leaves it at `s + i` or later, the
//! last one but one at `s + (n - 1) · i` or later, and the last passes at `s + t` or earlier: therefore
//! `n <= burst + t / i <= burst + N · t / period`.

use std::{cell::Cell, num::NonZeroU32, time::Duration};

use governor::{
    Quota as Pace, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{NotKeyed, StateStore},
};
use secure_grammar::Quota;

use super::{Decision, Refusal, Standing, time};

/// The most that a moment may lie ahead, so that no sum in `governor` overflows: 73 years.
const FURTHEST: u64 = u64::MAX / 8;

/// The counter of one key: the "theoretical arrival time" of GCRA in nanoseconds, zero before the first.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arrival(u64);

impl Arrival {
    /// Takes `amount` units if there are as many.
    pub(super) fn take(
        &mut self,
        quota: Quota,
        burst: NonZeroU32,
        amount: NonZeroU32,
        now: u64,
    ) -> Decision {
        let rate = Rate::new(quota, burst);
        let store = Stored(Cell::new(self.0));
        let never = Decision::Refused(Refusal {
            quota,
            retry_after: quota.period(),
        });
        // `governor` multiplies before it compares, so what can never pass does not get there.
        if amount > rate.burst {
            return never;
        }
        let Some(pace) = rate.pace() else {
            return never;
        };
        let limiter = Limiter::new(pace, &store, Moment(Cell::new(0)));
        limiter.clock().0.set(now);
        match limiter.check_n(amount) {
            Ok(Ok(())) => {
                self.0 = store.0.get();
                Decision::Allowed(self.standing_at(quota, rate, now))
            }
            Ok(Err(not_until)) => Decision::Refused(Refusal {
                quota,
                retry_after: not_until.wait_time_from(Nanos::new(now)),
            }),
            Err(_) => never,
        }
    }

    /// How the counter stands at `now`.
    pub(super) fn standing(&self, quota: Quota, burst: NonZeroU32, now: u64) -> Standing {
        self.standing_at(quota, Rate::new(quota, burst), now)
    }

    fn standing_at(&self, quota: Quota, rate: Rate, now: u64) -> Standing {
        let taken = self.0.saturating_sub(now).div_ceil(rate.interval);
        let remaining = u64::from(rate.burst.get()).saturating_sub(taken);
        // One unit more is there as soon as one less is owed.
        let reset = match taken {
            0 => 0,
            _ => self.0 - now - (taken - 1) * rate.interval,
        };
        Standing {
            quota,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset: Duration::from_nanos(reset),
            receipt: None,
        }
    }

    /// From which moment on this counter is as good as new.
    pub(super) const fn idle_from(self) -> u64 {
        self.0
    }
}

/// A quota and a burst as GCRA counts them, within what 64 bits hold.
#[derive(Debug, Clone, Copy)]
struct Rate {
    /// Nanoseconds from one unit to the next, at least one.
    interval: u64,
    burst: NonZeroU32,
}

impl Rate {
    fn new(quota: Quota, burst: NonZeroU32) -> Self {
        let amount = u64::from(quota.amount().get());
        // Up, for down would let more pass than the quota says.
        let interval = time::period(quota).div_ceil(amount).clamp(1, FURTHEST);
        let ahead = interval.saturating_mul(burst.get().into());
        if ahead <= FURTHEST {
            return Self { interval, burst };
        }
        let most = u32::try_from(FURTHEST / interval).unwrap_or(u32::MAX);
        let burst = burst.min(NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN));
        Self { interval, burst }
    }

    fn pace(self) -> Option<Pace> {
        Pace::with_period(Duration::from_nanos(self.interval))
            .map(|pace| pace.allow_burst(self.burst))
    }
}

type Limiter<'a> = RateLimiter<NotKeyed, &'a Stored, Moment, NoOpMiddleware<Nanos>>;

/// The clock that a limiter is handed: it shows what it was set to.
struct Moment(Cell<u64>);

impl Clock for Moment {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.get())
    }
}

/// The store that a limiter is handed: one number, under the lock of the table it is from.
struct Stored(Cell<u64>);

impl StateStore for &Stored {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _: &NotKeyed, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let before = self.0.get();
        let (outcome, after) = decide((before != 0).then(|| Nanos::new(before)))?;
        self.0.set(after.as_u64());
        Ok(outcome)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn number(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    fn per_minute(amount: u32) -> Quota {
        Quota::new(number(amount), NonZeroU64::new(60).unwrap())
    }

    #[test]
    fn after_the_burst_units_come_back_one_by_one() {
        let (quota, burst, mut counter) = (per_minute(60), number(3), Arrival::default());
        for remaining in [2, 1, 0] {
            let Decision::Allowed(standing) = counter.take(quota, burst, number(1), 0) else {
                panic!("within the burst");
            };
            assert_eq!(standing.remaining, remaining);
            assert_eq!(standing.reset, Duration::from_secs(1));
        }
        let wait = |retry_after| Decision::Refused(Refusal { quota, retry_after });
        let refused = counter.take(quota, burst, number(1), SECOND / 4);
        assert_eq!(refused, wait(Duration::from_millis(750)));
        let refused = counter.take(quota, burst, number(2), SECOND / 4);
        assert_eq!(refused, wait(Duration::from_millis(1750)));
        let refused = counter.take(quota, burst, number(1), SECOND - 1);
        assert_eq!(refused, wait(Duration::from_nanos(1)));
        assert!(counter.take(quota, burst, number(1), SECOND).is_allowed());
        assert!(!counter.take(quota, burst, number(1), SECOND).is_allowed());
        assert!(
            counter
                .take(quota, burst, number(3), 4 * SECOND)
                .is_allowed()
        );
        assert_eq!(counter.idle_from(), 7 * SECOND);
    }

    #[test]
    fn more_than_the_burst_never_passes() {
        let (quota, mut counter) = (per_minute(60), Arrival::default());
        let refused = counter.take(quota, number(3), number(4), 0);
        let never = Refusal {
            quota,
            retry_after: quota.period(),
        };
        assert_eq!(refused, Decision::Refused(never));
        assert_eq!(counter.idle_from(), 0);
    }

    #[test]
    fn a_period_that_does_not_divide_is_rounded_up() {
        let (quota, mut counter) = (per_minute(7), Arrival::default());
        let mut now = 0;
        let mut passed = 0;
        while now < 600 * SECOND {
            match counter.take(quota, number(1), number(1), now) {
                Decision::Allowed(_) => passed += 1,
                Decision::Refused(refusal) => now += time::moment(refusal.retry_after),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(passed, 70);
    }

    #[test]
    fn a_clock_that_steps_back_opens_nothing() {
        let (quota, burst, mut counter) = (per_minute(60), number(2), Arrival::default());
        assert!(
            counter
                .take(quota, burst, number(2), 100 * SECOND)
                .is_allowed()
        );
        assert!(!counter.take(quota, burst, number(1), 0).is_allowed());
        assert!(
            !counter
                .take(quota, burst, number(1), 101 * SECOND - 1)
                .is_allowed()
        );
        assert!(
            counter
                .take(quota, burst, number(1), 101 * SECOND)
                .is_allowed()
        );
    }

    #[test]
    fn extremes_neither_overflow_nor_open() {
        let latest = time::moment(Duration::MAX);
        for amount in [1, 2, u32::MAX] {
            for seconds in [1, 31_536_000, u64::MAX] {
                let quota = Quota::new(number(amount), NonZeroU64::new(seconds).unwrap());
                for burst in [1, 2, u32::MAX] {
                    let mut counter = Arrival::default();
                    for now in [0, SECOND, latest, 0, latest] {
                        for cost in [1, 2, u32::MAX] {
                            let _ = counter.take(quota, number(burst), number(cost), now);
                        }
                    }
                    let mut counter = Arrival::default();
                    let first = counter.take(quota, NonZeroU32::MIN, number(1), latest);
                    let second = counter.take(quota, NonZeroU32::MIN, number(1), latest);
                    assert!(first.is_allowed() && !second.is_allowed());
                }
            }
        }
    }
}
