//! The limiter against a model that keeps everything and works nothing out in advance.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod at_once;
mod promise;

use std::num::NonZeroUsize;

use proptest::prelude::*;
use secure_runtime::limit::{Amount, Answer, Charge, Decision, InProcess, Limiter};

use self::promise::{
    SECOND, Subject, Ticks, arrivals, keeps_every_window, quota, run, smooth, steps, windows,
};

/// Moments in this process are nanoseconds.
const NANOSECONDS: Ticks = Ticks {
    length: 1,
    back: true,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(256), ..ProptestConfig::default() })]

    #[test]
    fn small_amounts_are_decided_as_the_model_does(
        rule in prop_oneof![windows(1..=6), windows(1..=6), windows(60..=64)],
        steps in prop_oneof![steps(NANOSECONDS, 3, 3, 120), steps(NANOSECONDS, 2, 30, 120)],
    ) {
        promise::small_amounts_are_decided_as_the_model_does(one_part, &rule, &steps)?;
    }

    #[test]
    fn large_amounts_err_by_less_than_a_64th(
        rule in prop_oneof![windows(65..=200), windows(40..=100)],
        steps in steps(NANOSECONDS, 2, 40, 200),
    ) {
        promise::large_amounts_err_by_less_than_a_64th(one_part, &rule, &steps)?;
    }

    #[test]
    fn the_largest_amounts_err_by_less_than_a_64th(
        rule in windows(100_000..=u32::MAX / 2),
        steps in steps(NANOSECONDS, 2, 200_000_000, 200),
    ) {
        promise::large_amounts_err_by_less_than_a_64th(one_part, &rule, &steps)?;
    }

    #[test]
    fn no_window_of_the_whole_history_holds_more_than_the_amount(
        rule in prop_oneof![windows(1..=6), windows(65..=120), windows(1..=500)],
        arrivals in prop_oneof![
            arrivals(SECOND / 500, 1, 2000),
            arrivals(SECOND / 50, 20, 1000),
        ],
    ) {
        promise::no_window_holds_more_than_the_amount(one_part, &rule, &arrivals)?;
    }

    #[test]
    fn who_waits_as_long_as_told_passes_and_no_sooner(
        rule in prop_oneof![windows(1..=6), windows(65..=90), smooth(1..=8, 1..=8)],
        steps in steps(NANOSECONDS, 2, 9, 60),
    ) {
        let new = one_part;
        promise::waiting_as_long_as_told_helps_and_less_does_not(new, 1, &rule, &steps)?;
    }

    #[test]
    fn a_smooth_rule_keeps_its_promise(
        rule in smooth(1..=49, 1..=19),
        steps in steps(NANOSECONDS, 1, 4, 200),
    ) {
        promise::smooth_rules_keep_their_promise(one_part, 1, &rule, &steps)?;
    }

    #[test]
    fn a_full_table_never_opens(
        rule in prop_oneof![windows(1..=4), windows(65..=80)],
        bytes in prop_oneof![Just(1usize), 300..2000usize],
        steps in steps(NANOSECONDS, 8, 2, 200),
    ) {
        let limiter = small(bytes);
        run(&limiter, &rule, &steps, |step, amount, clock, decision, model| {
            match amount {
                Amount::Take(amount) if decision.is_allowed() => {
                    prop_assert!(model.take(&rule, step.key, amount.get(), clock).is_allowed());
                }
                Amount::Take(_) => model.latest = model.latest.max(clock),
                Amount::GiveBack(receipt) => {
                    let _ = model.give_back(&rule, step.key, receipt, clock);
                }
            }
            Ok(())
        })?;
    }
}

/// The check of all windows finds the one that holds too much.
#[test]
fn one_window_with_too_much_is_found() {
    let kept = vec![(0, 1), (5, 2), (SECOND, 1), (SECOND + 5, 2)];
    assert!(keeps_every_window(&kept, quota(3, 1)));
    let broken = vec![(0, 1), (5, 2), (SECOND - 1, 1), (SECOND + 5, 2)];
    assert!(!keeps_every_window(&broken, quota(3, 1)));
}

impl Subject for InProcess {
    fn decide(&self, charge: &Charge<'_>) -> Decision {
        at_once(self.check(charge))
    }
}

/// How many cases a property gets; `PROPTEST_CASES` says otherwise.
fn cases(usual: u32) -> u32 {
    let said = std::env::var("PROPTEST_CASES").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(usual)
}

/// So few bytes that there is one part, whose clock is that of all keys.
fn small(bytes: usize) -> InProcess {
    InProcess::with_memory(NonZeroUsize::new(bytes).unwrap())
}

fn one_part() -> InProcess {
    small(100_000)
}

fn at_once(answer: Answer<'_>) -> Decision {
    match answer {
        Answer::Now(decision) => decision,
        Answer::Later(_) => panic!("a limiter in this process asks nobody"),
    }
}
