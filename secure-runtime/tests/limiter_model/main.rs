//! The limiter against a model that keeps everything and works nothing out in advance.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod at_once;
mod model;
mod steps;

use std::{
    collections::HashMap,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
    time::Duration,
};

use proptest::prelude::*;
use secure_grammar::Quota;
use secure_runtime::limit::{Amount, Answer, Charge, Counter, Decision, InProcess, Limiter, Rule};

use self::steps::{Act, forward, run, steps, windows};

const SECOND: u64 = 1_000_000_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn small_amounts_are_decided_as_the_model_does(
        rule in prop_oneof![windows(1..=6), windows(1..=6), windows(60..=64)],
        steps in prop_oneof![steps(3, 3, 120), steps(2, 30, 120)],
    ) {
        let limiter = InProcess::default();
        run(&limiter, &rule, &steps, |step, amount, clock, decision, model| {
            let expected = match amount {
                Amount::Take(amount) => model.take(&rule, step.key, amount.get(), clock),
                Amount::GiveBack(receipt) => model.give_back(&rule, step.key, receipt, clock),
            };
            prop_assert_eq!(decision, expected);
            Ok(())
        })?;
    }

    #[test]
    fn large_amounts_err_by_less_than_a_64th(
        rule in windows(65..=200),
        steps in steps(2, 40, 200),
    ) {
        let limiter = InProcess::default();
        let mut taken: HashMap<u8, Vec<(u64, u64)>> = HashMap::new();
        let mut latest = 0;
        run(&limiter, &rule, &steps, |step, amount, clock, decision, _| {
            latest = latest.max(clock);
            let taken = taken.entry(step.key).or_default();
            let amount = match amount {
                Amount::Take(amount) => u64::from(amount.get()),
                Amount::GiveBack(receipt) => {
                    let lost = (receipt.at().as_nanos() as u64, receipt.amount().get().into());
                    let index = taken.iter().position(|taken| *taken == lost).unwrap();
                    taken.remove(index);
                    return Ok(());
                }
            };
            let fits = |quota: &Quota, longer: u64| {
                let period = quota.period().as_nanos() as u64;
                let counts = taken.iter().filter(|(at, _)| at + period + longer > latest);
                counts.map(|(_, amount)| amount).sum::<u64>() + amount
                    <= quota.amount().get().into()
            };
            let exact = rule.quotas().iter().all(|quota| fits(quota, 0));
            let strict = rule.quotas().iter().all(|quota| {
                fits(quota, quota.period().as_nanos() as u64 / 64)
            });
            prop_assert!(!decision.is_allowed() || exact, "too many");
            prop_assert!(decision.is_allowed() || !strict, "too few");
            if decision.is_allowed() {
                taken.push((latest, amount));
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_window_of_the_whole_history_holds_more_than_the_amount(
        rule in prop_oneof![windows(1..=6), windows(65..=120)],
        steps in steps(1, 20, 300),
    ) {
        let limiter = InProcess::default();
        let mut taken: Vec<(u64, u64)> = Vec::new();
        for (step, clock) in forward(&steps) {
            let Act::Take(amount) = step.act else { continue };
            if take(&limiter, &rule, 0, amount, clock).is_allowed() {
                taken.push((clock, amount.into()));
            }
        }
        for quota in rule.quotas() {
            let period = quota.period().as_nanos() as u64;
            for (start, _) in &taken {
                let within = taken.iter().filter(|(at, _)| (*start..start + period).contains(at));
                let sum: u64 = within.map(|(_, amount)| amount).sum();
                prop_assert!(sum <= quota.amount().get().into());
            }
        }
    }

    #[test]
    fn who_waits_as_long_as_told_passes_and_no_sooner(
        rule in prop_oneof![
            windows(1..=6),
            windows(65..=90),
            (1..9u32, 1..3u64, 1..9u32)
                .prop_map(|(amount, seconds, burst)| Rule::smooth(quota(amount, seconds), number(burst))),
        ],
        steps in steps(2, 9, 60),
    ) {
        let most = rule.burst().map_or_else(
            || rule.quotas().iter().map(|quota| quota.amount().get()).min().unwrap(),
            NonZeroU32::get,
        );
        let mut refusals = Vec::new();
        let mut done = 0;
        run(&InProcess::default(), &rule, &steps, |step, amount, clock, decision, _| {
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
            for (wait, passes) in [(wait - 1, false), (wait, true)] {
                let limiter = InProcess::default();
                let mut done = 0;
                // The same again up to the refusal, and then the second try.
                let _ = run(&limiter, &rule, &steps, |_, _, _, _, _| {
                    done += 1;
                    if done == until { Err(TestCaseError::reject("far enough")) } else { Ok(()) }
                });
                let again = take(&limiter, &rule, key, amount.get(), clock + wait);
                prop_assert_eq!(again.is_allowed(), passes);
            }
        }
    }

    #[test]
    fn a_smooth_rule_keeps_its_promise(
        amount in 1..50u32, seconds in 1..4u64, burst in 1..20u32,
        steps in steps(1, 4, 200),
    ) {
        let rule = Rule::smooth(quota(amount, seconds), number(burst));
        let limiter = InProcess::default();
        let (amount, period) = (u64::from(amount), seconds * SECOND);
        let interval = period.div_ceil(amount);
        let mut taken: Vec<(u64, u64)> = Vec::new();
        let mut full_at = 0;
        for (step, clock) in forward(&steps) {
            let Act::Take(cost) = step.act else { continue };
            let decision = take(&limiter, &rule, 0, cost, clock);
            let after = full_at.max(clock) + u64::from(cost) * interval;
            let fits = after <= clock + u64::from(burst) * interval;
            prop_assert_eq!(decision.is_allowed(), fits);
            if let Decision::Allowed(standing) = decision {
                full_at = after;
                let owed = (after - clock).div_ceil(interval);
                prop_assert_eq!(u64::from(standing.remaining), u64::from(burst) - owed);
                let grows = Duration::from_nanos(after - clock - (owed - 1) * interval);
                prop_assert_eq!(standing.reset, grows);
                taken.push((clock, cost.into()));
            }
        }
        for (first, (start, _)) in taken.iter().enumerate() {
            let mut sum = 0;
            for (end, cost) in &taken[first..] {
                sum += cost;
                prop_assert!(sum * period <= u64::from(burst) * period + amount * (end - start));
            }
        }
    }

    #[test]
    fn a_full_table_never_opens(
        rule in windows(1..=4),
        keys in 1..4usize,
        steps in steps(8, 2, 200),
    ) {
        let limiter = small(keys);
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
            prop_assert!(limiter.keys() <= keys);
            Ok(())
        })?;
    }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn quota(amount: u32, seconds: u64) -> Quota {
    Quota::new(number(amount), NonZeroU64::new(seconds).unwrap())
}

fn small(keys: usize) -> InProcess {
    InProcess::with_capacity(NonZeroUsize::new(keys).unwrap())
}

/// One request, at `now` nanoseconds.
fn take(limiter: &InProcess, rule: &Rule, key: u8, amount: u32, now: u64) -> Decision {
    charge(limiter, rule, key, Amount::Take(number(amount)), now)
}

fn charge(limiter: &InProcess, rule: &Rule, key: u8, amount: Amount, now: u64) -> Decision {
    at_once(limiter.check(&Charge {
        counter: counter(7),
        key: &[key],
        rule,
        amount,
        now: Duration::from_nanos(now),
    }))
}

fn counter(id: u32) -> Counter<'static> {
    Counter { id, name: "" }
}

fn at_once(answer: Answer<'_>) -> Decision {
    match answer {
        Answer::Now(decision) => decision,
        Answer::Later(_) => panic!("a limiter in this process asks nobody"),
    }
}
