//! What callers do, and when.

use std::{collections::HashMap, ops::RangeInclusive};

use proptest::prelude::*;
use secure_runtime::limit::{Amount, Decision, Receipt, Rule};

use super::{SECOND, Subject, charge, model::Model, number, quota};

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) key: u8,
    pub(crate) act: Act,
    clock: Move,
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    Take(u32),
    /// Gives back one of what the key has not yet given back.
    GiveBack(prop::sample::Index),
}

#[derive(Debug, Clone)]
enum Move {
    Forward(u64),
    Back(u64),
}

impl Move {
    fn of(&self, clock: u64) -> u64 {
        match self {
            Self::Forward(by) => clock + by,
            Self::Back(by) => clock.saturating_sub(*by),
        }
    }
}

/// The clock of a limiter under test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticks {
    /// Its smallest step, in nanoseconds.
    pub(crate) length: u64,
    /// Whether it also steps back in the test, which asks that a moment before one already seen counts as
    /// the latest one seen, for all keys.
    pub(crate) back: bool,
}

fn moves(ticks: Ticks) -> impl Strategy<Value = Move> {
    let Ticks { length, back } = ticks;
    let edges = vec![
        0,
        length,
        SECOND - length,
        SECOND,
        SECOND + length,
        2 * SECOND,
    ];
    let within = move |seconds: u64| (0..seconds * SECOND / length).prop_map(move |n| n * length);
    prop_oneof![
        4 => Just(Move::Forward(0)),
        4 => prop::sample::select(edges).prop_map(Move::Forward),
        6 => within(1).prop_map(move |by| Move::Forward(by / 2 / length * length)),
        2 => within(4).prop_map(Move::Forward),
        1 => within(2).prop_map(move |by| if back { Move::Back(by) } else { Move::Forward(by) }),
    ]
}

pub(crate) fn steps(
    ticks: Ticks,
    keys: u8,
    cost: u32,
    len: usize,
) -> impl Strategy<Value = Vec<Step>> {
    let act = prop_oneof![
        5 => (1..=cost).prop_map(Act::Take),
        1 => any::<prop::sample::Index>().prop_map(Act::GiveBack),
    ];
    let step = (0..keys, act, moves(ticks)).prop_map(|(key, act, clock)| Step { key, act, clock });
    prop::collection::vec(step, 1..len)
}

/// One to three windows of one to three seconds.
pub(crate) fn windows(amounts: RangeInclusive<u32>) -> impl Strategy<Value = Rule> {
    let quota = (amounts, 1..4u64).prop_map(|(amount, seconds)| quota(amount, seconds));
    prop::collection::vec(quota, 1..4).prop_map(|quotas| Rule::new(quotas, None).unwrap())
}

pub(crate) fn smooth(
    amounts: RangeInclusive<u32>,
    bursts: RangeInclusive<u32>,
) -> impl Strategy<Value = Rule> {
    (amounts, 1..4u64, bursts)
        .prop_map(|(amount, seconds, burst)| Rule::smooth(quota(amount, seconds), number(burst)))
}

/// Runs the steps; after each one, `seen` gets the limiter's decision, the model and what it was about.
pub(crate) fn run(
    limiter: &impl Subject,
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
pub(crate) fn forward(steps: &[Step]) -> impl Iterator<Item = (&Step, u64)> {
    let mut clock = 0;
    steps.iter().map(move |step| {
        if let Move::Forward(by) = step.clock {
            clock += by;
        }
        (step, clock)
    })
}
