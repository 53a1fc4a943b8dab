//! What callers do, and when.

use std::{collections::HashMap, ops::RangeInclusive};

use proptest::prelude::*;
use secure_runtime::limit::{Amount, Decision, InProcess, Receipt, Rule};

use super::{SECOND, charge, model::Model, number, quota};

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) key: u8,
    pub(super) act: Act,
    clock: Move,
}

#[derive(Debug, Clone)]
pub(super) enum Act {
    Take(u32),
    /// Gives back one of what the key has not yet given back.
    GiveBack(prop::sample::Index),
}

#[derive(Debug, Clone)]
pub(super) enum Move {
    Forward(u64),
    Back(u64),
}

impl Move {
    pub(super) fn of(&self, clock: u64) -> u64 {
        match self {
            Self::Forward(by) => clock + by,
            Self::Back(by) => clock.saturating_sub(*by),
        }
    }
}

pub(super) fn moves() -> impl Strategy<Value = Move> {
    let edge = prop::sample::select(vec![0, 1, SECOND - 1, SECOND, SECOND + 1, 2 * SECOND]);
    prop_oneof![
        4 => Just(Move::Forward(0)),
        4 => edge.prop_map(Move::Forward),
        6 => (0..SECOND / 2).prop_map(Move::Forward),
        2 => (0..4 * SECOND).prop_map(Move::Forward),
        1 => (0..2 * SECOND).prop_map(Move::Back),
    ]
}

pub(super) fn steps(keys: u8, cost: u32, len: usize) -> impl Strategy<Value = Vec<Step>> {
    let act = prop_oneof![
        5 => (1..=cost).prop_map(Act::Take),
        1 => any::<prop::sample::Index>().prop_map(Act::GiveBack),
    ];
    let step = (0..keys, act, moves()).prop_map(|(key, act, clock)| Step { key, act, clock });
    prop::collection::vec(step, 1..len)
}

pub(super) fn windows(amounts: RangeInclusive<u32>) -> impl Strategy<Value = Rule> {
    let quota = (amounts, 1..4u64).prop_map(|(amount, seconds)| quota(amount, seconds));
    prop::collection::vec(quota, 1..4).prop_map(|quotas| Rule::new(quotas, None).unwrap())
}

/// Runs the steps; after each one, `seen` gets the limiter's decision, the model and what it was about.
pub(super) fn run(
    limiter: &InProcess,
    rule: &Rule,
    steps: &[Step],
    mut seen: impl FnMut(&Step, Amount, u64, Decision, &mut Model) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let (mut model, mut clock) = (Model::default(), 0);
    let mut receipts: HashMap<u8, Vec<Receipt>> = HashMap::new();
    for step in steps {
        clock = step.clock.of(clock);
        let receipts = receipts.entry(step.key).or_default();
        let amount = match &step.act {
            Act::Take(amount) => Amount::Take(number(*amount)),
            Act::GiveBack(_) if receipts.is_empty() => continue,
            Act::GiveBack(index) => Amount::GiveBack(receipts.remove(index.index(receipts.len()))),
        };
        let decision = charge(limiter, rule, step.key, amount, clock);
        if let (Amount::Take(_), Decision::Allowed(standing)) = (amount, decision) {
            receipts.extend(standing.receipt);
        }
        seen(step, amount, clock, decision, &mut model)?;
    }
    Ok(())
}

/// The steps with their moments, on a clock that only runs forward.
pub(super) fn forward(steps: &[Step]) -> impl Iterator<Item = (&Step, u64)> {
    let mut clock = 0;
    steps.iter().map(move |step| {
        if let Move::Forward(by) = step.clock {
            clock += by;
        }
        (step, clock)
    })
}
