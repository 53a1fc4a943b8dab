//! What every limiter promises, whatever it counts in: properties over random callers, rules and clocks,
//! against a model that keeps everything and works nothing out in advance.
//!
//! A backend's tests include this module by its path and hand it a [`Subject`].

mod history;
mod model;
mod properties;
mod steps;

use std::{
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use secure_grammar::Quota;
use secure_runtime::limit::{Amount, Charge, Counter, Decision, Rule};

pub(crate) use self::history::{arrivals, keeps_every_window};
pub(crate) use self::properties::{
    large_amounts_err_by_less_than_a_64th, no_window_holds_more_than_the_amount,
    small_amounts_are_decided_as_the_model_does, smooth_rules_keep_their_promise,
    waiting_as_long_as_told_helps_and_less_does_not,
};
pub(crate) use self::steps::{Ticks, run, smooth, steps, windows};

pub(crate) const SECOND: u64 = 1_000_000_000;

/// A limiter under test.
///
/// The moments of its charges are those of [`Charge::now`]: a backend with a clock of its own has to be
/// told them.
pub(crate) trait Subject {
    /// Decides the charge, waiting for the answer if need be.
    fn decide(&self, charge: &Charge<'_>) -> Decision;
}

/// One request, at `now` nanoseconds.
pub(crate) fn take(
    subject: &impl Subject,
    rule: &Rule,
    key: u8,
    amount: u32,
    now: u64,
) -> Decision {
    charge(subject, rule, key, Amount::Take(number(amount)), now)
}

pub(crate) fn charge(
    subject: &impl Subject,
    rule: &Rule,
    key: u8,
    amount: Amount,
    now: u64,
) -> Decision {
    subject.decide(&Charge {
        counter: counter(7),
        key: &[key],
        rule,
        amount,
        now: Duration::from_nanos(now),
    })
}

pub(crate) fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

pub(crate) fn quota(amount: u32, seconds: u64) -> Quota {
    Quota::new(number(amount), NonZeroU64::new(seconds).unwrap())
}

pub(crate) fn counter(id: u32) -> Counter<'static> {
    Counter {
        id,
        name: "the counter under test",
    }
}

fn period(quota: Quota) -> u64 {
    quota.period().as_nanos() as u64
}
