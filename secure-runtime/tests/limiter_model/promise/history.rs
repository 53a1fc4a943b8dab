//! Long histories: many arrivals at random, and what passed of them looked at in every window.

use proptest::prelude::*;
use secure_grammar::Quota;

use super::{SECOND, period};

/// What passed: the moments in ascending order, and how many units each.
pub(crate) type History = Vec<(u64, u64)>;

/// Requests at random: so many moments with a cost each, in volleys, trickles and pauses.
///
/// `pace` is the mean time between two of them, in nanoseconds.
pub(crate) fn arrivals(
    pace: u64,
    cost: u32,
    count: usize,
) -> impl Strategy<Value = Vec<(u64, u32)>> {
    let gap = prop_oneof![
        8 => Just(0),
        8 => 0..pace,
        4 => 0..4 * pace,
        1 => 0..64 * pace,
    ];
    prop::collection::vec((gap, 1..=cost), count).prop_map(|gaps| {
        let mut now = SECOND;
        let at = |(gap, cost)| {
            now += gap;
            (now, cost)
        };
        gaps.into_iter().map(at).collect()
    })
}

/// Whether no window of the history holds more than the quota's amount, wherever it starts.
///
/// A window that starts where nothing passed holds no more than the one that starts at the next unit,
/// so those are all of them.
pub(crate) fn keeps_every_window(history: &History, quota: Quota) -> bool {
    let (mut sum, mut oldest) = (0, 0);
    history.iter().all(|(now, amount)| {
        sum += amount;
        while history[oldest].0 + period(quota) <= *now {
            sum -= history[oldest].1;
            oldest += 1;
        }
        sum <= u64::from(quota.amount().get())
    })
}
