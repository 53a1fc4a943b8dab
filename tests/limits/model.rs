//! What every limiter promises, on Redis: random arrivals, and a clock that the test moves.

#[path = "../../secure-runtime/tests/limiter_model/promise/mod.rs"]
#[allow(
    unused_imports,
    reason = "those of the limiter in this process use more of it"
)]
mod promise;

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use proptest::prelude::*;
use secure_runtime::limit::{Charge, Counter, Decision, Limiter as _, RedisLimiter, Rule};
use tokio::runtime::Runtime;

use self::promise::{SECOND, Subject, Ticks, arrivals, number, quota, steps, windows};
use crate::{services::Redis, support::connect};

/// The server counts in microseconds.
const MICROSECOND: u64 = 1000;

/// What a clock that steps back does is another matter: see `backward`.
const MICROSECONDS: Ticks = Ticks {
    length: MICROSECOND,
    back: false,
};

/// One limiter for all cases, each of which has counters of its own.
struct Shared {
    limiter: RedisLimiter,
    runtime: Runtime,
}

static SHARED: LazyLock<Option<Shared>> = LazyLock::new(|| {
    let url = Redis::shared()?.url();
    let runtime = Runtime::new().unwrap();
    let limiter = runtime.block_on(connect(&url)).with_time_of_charges();
    Some(Shared { limiter, runtime })
});

/// A limiter as good as new.
pub(crate) struct Fresh {
    shared: &'static Shared,
    name: String,
}

impl Fresh {
    fn new() -> Option<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("counter {}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let shared = SHARED.as_ref()?;
        Some(Self { shared, name })
    }
}

impl Subject for Fresh {
    fn decide(&self, charge: &Charge<'_>) -> Decision {
        let charge = Charge {
            counter: Counter {
                name: &self.name,
                ..charge.counter
            },
            ..*charge
        };
        let answer = self.shared.limiter.check(&charge);
        self.shared.runtime.block_on(answer.decision())
    }
}

/// A property, where there is a Redis.
macro_rules! hold {
    ($property:ident($($argument:expr),*)) => {
        if SHARED.is_some() {
            promise::$property(|| Fresh::new().unwrap(), $($argument),*)?;
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(48), ..ProptestConfig::default() })]

    #[test]
    fn small_amounts_are_decided_as_the_model_does(
        rule in prop_oneof![windows(1..=6), windows(1..=6), windows(60..=64)],
        steps in prop_oneof![steps(MICROSECONDS, 3, 3, 120), steps(MICROSECONDS, 2, 30, 120)],
    ) {
        hold!(small_amounts_are_decided_as_the_model_does(&rule, &steps));
    }

    #[test]
    fn large_amounts_err_by_less_than_a_64th(
        rule in prop_oneof![windows(65..=200), windows(40..=100)],
        steps in steps(MICROSECONDS, 2, 40, 200),
    ) {
        hold!(large_amounts_err_by_less_than_a_64th(&rule, &steps));
    }

    #[test]
    fn the_largest_amounts_err_by_less_than_a_64th(
        rule in windows(100_000..=u32::MAX / 2),
        steps in steps(MICROSECONDS, 2, 200_000_000, 200),
    ) {
        hold!(large_amounts_err_by_less_than_a_64th(&rule, &steps));
    }

    #[test]
    fn no_window_of_the_whole_history_holds_more_than_the_amount(
        rule in prop_oneof![windows(1..=6), windows(65..=120), windows(1..=500)],
        arrivals in prop_oneof![
            arrivals(SECOND / 500, 1, 600),
            arrivals(SECOND / 50, 20, 300),
        ],
    ) {
        let whole = |(now, cost)| (now / MICROSECOND * MICROSECOND, cost);
        let arrivals: Vec<_> = arrivals.into_iter().map(whole).collect();
        hold!(no_window_holds_more_than_the_amount(&rule, &arrivals));
    }

    #[test]
    fn who_waits_as_long_as_told_passes_and_no_sooner(
        rule in prop_oneof![windows(1..=6), windows(65..=90), promise::smooth(1..=8, 1..=8)],
        steps in steps(MICROSECONDS, 2, 9, 60),
    ) {
        hold!(waiting_as_long_as_told_helps_and_less_does_not(MICROSECOND, &rule, &steps));
    }

    #[test]
    fn a_smooth_rule_keeps_its_promise(
        // The time between two units is a whole number of microseconds, as in the model.
        amount in prop::sample::select(vec![1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50]),
        seconds in 1..4u64,
        burst in 1..=19u32,
        steps in steps(MICROSECONDS, 1, 4, 200),
    ) {
        let rule = Rule::smooth(quota(amount, seconds), number(burst));
        hold!(smooth_rules_keep_their_promise(MICROSECOND, &rule, &steps));
    }

    /// Where units do not come at whole microseconds, and where they come much faster than that.
    #[test]
    fn a_fast_smooth_rule_keeps_its_promise_and_its_pace(
        amount in prop_oneof![1..2000u32, 1_000_000..u32::MAX],
        seconds in 1..4u64,
        burst in 1..5000u32,
        gaps in prop::collection::vec((0..40u64, 1..=5000u32), 1..120),
    ) {
        let Some(limiter) = Fresh::new() else { return Ok(()) };
        let rule = Rule::smooth(quota(amount, seconds), number(burst));
        let (amount, period) = (u128::from(amount), u128::from(seconds) * 1_000_000);
        // The units that are owed, in parts of `period * MORE`: by the promise, and by one part in 4096 more.
        const MORE: u128 = 4096;
        let (mut now, mut exact, mut strict) = (0u64, 0u128, 0u128);
        for (gap, cost) in gaps {
            now += gap;
            let drained = u128::from(gap) * amount * MORE;
            exact = exact.saturating_sub(drained);
            strict = strict.saturating_sub(drained);
            let decision = promise::take(&limiter, &rule, 0, cost, now * MICROSECOND);
            let unit = period * MORE;
            let full = u128::from(burst) * unit;
            let cost = u128::from(cost);
            let fits = exact + cost * unit <= full;
            let surely = strict + cost * (unit + period) <= full;
            prop_assert!(!decision.is_allowed() || fits, "too many");
            prop_assert!(decision.is_allowed() || !surely, "too few");
            if decision.is_allowed() {
                exact += cost * unit;
                strict += cost * (unit + period);
            }
        }
    }

    /// The server's clock steps back as it likes: in the time that has really passed, never too many.
    #[test]
    fn a_clock_that_steps_back_opens_nothing(
        rule in prop_oneof![windows(1..=6), windows(65..=90)],
        burst in prop::option::of(1..9u32),
        moves in prop::collection::vec((0..SECOND / 2, prop::option::weighted(0.2, 0..4 * SECOND), 1..4u32), 1..150),
    ) {
        let Some(limiter) = Fresh::new() else { return Ok(()) };
        let rule = match burst {
            Some(burst) => Rule::smooth(rule.quotas()[0], number(burst)),
            None => rule,
        };
        let (mut really, mut clock) = (0, 100 * SECOND);
        let mut passed: Vec<(u64, u64)> = Vec::new();
        for (step, back, cost) in moves {
            let step = step / MICROSECOND * MICROSECOND;
            really += step;
            clock += step;
            clock -= back.unwrap_or(0).min(clock) / MICROSECOND * MICROSECOND;
            if promise::take(&limiter, &rule, 0, cost, clock).is_allowed() {
                passed.push((really, cost.into()));
            }
        }
        match burst {
            None => for quota in rule.quotas() {
                prop_assert!(promise::keeps_every_window(&passed, *quota), "{quota:?} of {passed:?}");
            },
            Some(burst) => {
                let quota = rule.quotas()[0];
                let (amount, period) = (u64::from(quota.amount().get()), quota.period().as_nanos() as u64);
                for (first, (start, _)) in passed.iter().enumerate() {
                    let mut sum = 0;
                    for (end, cost) in &passed[first..] {
                        sum += cost;
                        prop_assert!(sum * period <= u64::from(burst) * period + amount * (end - start));
                    }
                }
            }
        }
    }
}

/// How long a wrong clock keeps people waiting: no longer than a period from when it was put right.
#[test]
fn a_clock_that_was_far_ahead_locks_nobody_out() {
    let rules = [
        Rule::window(quota(2, 60)),
        Rule::window(quota(100, 60)),
        Rule::new(vec![quota(2, 10), quota(100, 60)], None).unwrap(),
        Rule::smooth(quota(2, 60), number(2)),
    ];
    const YEAR: u64 = 31_536_000 * SECOND;
    for rule in &rules {
        let Some(limiter) = Fresh::new() else { return };
        let cost = match rule.quotas()[0].amount().get() {
            100 => 50,
            _ => 1,
        };
        let take = |now| promise::take(&limiter, rule, 0, cost, now);
        for now in [YEAR, YEAR] {
            assert!(take(now).is_allowed());
        }
        // What is refused is not charged, and yet it starts the time again.
        assert!(!take(SECOND).is_allowed());
        let Decision::Refused(refusal) = take(2 * SECOND) else {
            panic!("nothing has ended");
        };
        assert!(refusal.retry_after.as_nanos() as u64 <= 61 * SECOND);
        assert!(take(63 * SECOND).is_allowed());
    }
}

/// How many cases a property gets; `PROPTEST_CASES` says otherwise.
fn cases(usual: u32) -> u32 {
    let said = std::env::var("PROPTEST_CASES").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(usual)
}
