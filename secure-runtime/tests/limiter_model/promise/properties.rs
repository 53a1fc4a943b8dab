//! The promise, sentence by sentence.
//!
//! Each property makes its limiters with `new`, all of them empty.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use proptest::prelude::*;
use secure_grammar::Quota;
use secure_runtime::limit::{Amount, Decision, Rule};

use super::{
    Subject,
    history::{History, keeps_every_window},
    period,
    steps::{Act, Step, forward, run},
    take,
};

type Outcome = Result<(), TestCaseError>;

/// Up to an amount of 64, windows decide as the model does, to the last field of the answer.
pub(crate) fn small_amounts_are_decided_as_the_model_does<S: Subject>(
    new: impl Fn() -> S,
    rule: &Rule,
    steps: &[Step],
) -> Outcome {
    run(
        &new(),
        rule,
        steps,
        |step, amount, clock, decision, model| {
            let expected = match amount {
                Amount::Take(amount) => model.take(rule, step.key, amount.get(), clock),
                Amount::GiveBack(receipt) => model.give_back(rule, step.key, receipt, clock),
            };
            prop_assert_eq!(decision, expected);
            Ok(())
        },
    )
}

/// Above that, what passes has room, and what has room even if units counted for 1/64 longer passes.
pub(crate) fn large_amounts_err_by_less_than_a_64th<S: Subject>(
    new: impl Fn() -> S,
    rule: &Rule,
    steps: &[Step],
) -> Outcome {
    let mut taken: HashMap<u8, History> = HashMap::new();
    let mut latest = 0;
    run(&new(), rule, steps, |step, amount, clock, decision, _| {
        latest = latest.max(clock);
        let taken = taken.entry(step.key).or_default();
        let amount = match amount {
            Amount::Take(amount) => u64::from(amount.get()),
            Amount::GiveBack(receipt) => {
                let lost = (
                    receipt.at().as_nanos() as u64,
                    receipt.amount().get().into(),
                );
                let index = taken.iter().position(|taken| *taken == lost).unwrap();
                taken.remove(index);
                return Ok(());
            }
        };
        let fits = |quota: &Quota, longer: u64| {
            let counts = taken
                .iter()
                .filter(|(at, _)| at + period(*quota) + longer > latest);
            counts.map(|(_, amount)| amount).sum::<u64>() + amount <= quota.amount().get().into()
        };
        let exact = rule.quotas().iter().all(|quota| fits(quota, 0));
        let longer = |quota: &Quota| match quota.amount().get() {
            ..=64 => 0,
            65.. => period(*quota) / 64,
        };
        let strict = rule.quotas().iter().all(|quota| fits(quota, longer(quota)));
        prop_assert!(!decision.is_allowed() || exact, "too many");
        prop_assert!(decision.is_allowed() || !strict, "too few");
        if decision.is_allowed() {
            taken.push((latest, amount));
        }
        Ok(())
    })
}

/// Of all that passes, and nothing of it given back, no window holds more than the amount.
pub(crate) fn no_window_holds_more_than_the_amount<S: Subject>(
    new: impl Fn() -> S,
    rule: &Rule,
    arrivals: &[(u64, u32)],
) -> Outcome {
    let limiter = new();
    let passes = |(now, cost): &&(u64, u32)| take(&limiter, rule, 0, *cost, *now).is_allowed();
    let passed = arrivals.iter().filter(passes);
    let history: History = passed.map(|(now, cost)| (*now, (*cost).into())).collect();
    for quota in rule.quotas() {
        prop_assert!(
            keeps_every_window(&history, *quota),
            "{quota:?} of {history:?}"
        );
    }
    Ok(())
}

/// Who waits as long as a refusal says passes, unless somebody else was faster, and no sooner.
pub(crate) fn waiting_as_long_as_told_helps_and_less_does_not<S: Subject>(
    new: impl Fn() -> S,
    tick: u64,
    rule: &Rule,
    steps: &[Step],
) -> Outcome {
    let most = rule.burst().map_or_else(
        || {
            rule.quotas()
                .iter()
                .map(|quota| quota.amount().get())
                .min()
                .unwrap()
        },
        NonZeroU32::get,
    );
    let mut refusals = Vec::new();
    let mut done = 0;
    run(&new(), rule, steps, |step, amount, clock, decision, _| {
        done += 1;
        if let (Decision::Refused(refusal), Amount::Take(amount)) = (decision, amount)
            && amount.get() <= most
        {
            refusals.push((done, step.key, amount, clock, refusal.retry_after));
        }
        Ok(())
    })?;
    for (until, key, amount, clock, wait) in refusals.into_iter().take(4) {
        let wait = wait.as_nanos() as u64;
        prop_assert!(wait > 0);
        for (wait, passes) in [(wait - tick, false), (wait, true)] {
            let limiter = new();
            let mut done = 0;
            // The same again up to the refusal, and then the second try.
            let _ = run(&limiter, rule, steps, |_, _, _, _, _| {
                done += 1;
                match done == until {
                    true => Err(TestCaseError::reject("far enough")),
                    false => Ok(()),
                }
            });
            let again = take(&limiter, rule, key, amount.get(), clock + wait);
            prop_assert_eq!(again.is_allowed(), passes);
        }
    }
    Ok(())
}

/// A smooth rule decides as GCRA does, and so keeps its promise in every window.
///
/// The time between two units is rounded up to whole ticks.
pub(crate) fn smooth_rules_keep_their_promise<S: Subject>(
    new: impl Fn() -> S,
    tick: u64,
    rule: &Rule,
    steps: &[Step],
) -> Outcome {
    let limiter = new();
    let (quota, burst) = (rule.quotas()[0], u64::from(rule.burst().unwrap().get()));
    let (amount, period) = (u64::from(quota.amount().get()), period(quota));
    let interval = (period / tick).div_ceil(amount) * tick;
    let mut taken: History = Vec::new();
    let mut full_at = 0;
    for (step, clock) in forward(steps) {
        let Act::Take(cost) = step.act else { continue };
        let decision = take(&limiter, rule, 0, cost, clock);
        let after = full_at.max(clock) + u64::from(cost) * interval;
        let fits = after <= clock + burst * interval;
        prop_assert_eq!(decision.is_allowed(), fits);
        if let Decision::Allowed(standing) = decision {
            full_at = after;
            let owed = (after - clock).div_ceil(interval);
            prop_assert_eq!(u64::from(standing.remaining), burst - owed);
            let grows = Duration::from_nanos(after - clock - (owed - 1) * interval);
            prop_assert_eq!(standing.reset, grows);
            taken.push((clock, cost.into()));
        }
    }
    for (first, (start, _)) in taken.iter().enumerate() {
        let mut sum = 0;
        for (end, cost) in &taken[first..] {
            sum += cost;
            prop_assert!(sum * period <= burst * period + amount * (end - start));
        }
    }
    Ok(())
}
