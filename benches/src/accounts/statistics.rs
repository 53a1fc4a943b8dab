//! What times say.

use std::time::{Duration, SystemTime};

const PERMUTATIONS: usize = 10_000;

/// The time below which this share of the times lies.
pub(super) fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let at = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}

/// How likely pairs are to differ by as much as these do where it does not matter which of a pair is
/// which: a two-sided permutation test of the mean difference, by changing signs at random.
///
/// Differences are taken of logarithms, so that a few slow answers do not decide.
pub(super) fn paired_permutation_test(pairs: &[(Duration, Duration)]) -> f64 {
    let differences: Vec<f64> = pairs
        .iter()
        .map(|(one, other)| one.as_secs_f64().ln() - other.as_secs_f64().ln())
        .collect();
    let observed = differences.iter().sum::<f64>().abs();
    let mut random = Random::new();
    let as_extreme = (0..PERMUTATIONS).filter(|_| {
        let sum: f64 = differences
            .iter()
            .map(|difference| {
                if random.bit() {
                    *difference
                } else {
                    -difference
                }
            })
            .sum();
        sum.abs() >= observed
    });
    // The pairs as they are count as one of the permutations.
    (as_extreme.count() + 1) as f64 / (PERMUTATIONS + 1) as f64
}

/// SplitMix64: good enough for permutations, and nothing else.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self(since.unwrap_or_default().as_nanos() as u64)
    }

    pub(super) fn bit(&mut self) -> bool {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(value: u64) -> Duration {
        Duration::from_micros(value)
    }

    #[test]
    fn the_test_finds_a_difference_and_does_not_invent_one() {
        let mut random = Random(7);
        let mut noise = || u64::from(random.bit()) * 50 + u64::from(random.bit()) * 20;
        let alike: Vec<_> = (0..300)
            .map(|_| (micros(1000 + noise()), micros(1000 + noise())))
            .collect();
        let apart: Vec<_> = alike
            .iter()
            .map(|(one, other)| (*one + micros(20), *other))
            .collect();
        assert!(paired_permutation_test(&alike) > 0.001);
        assert!(paired_permutation_test(&apart) < 0.001);
    }

    #[test]
    fn quantiles() {
        let mut times: Vec<_> = (1..=100).map(micros).collect();
        assert_eq!(quantile(&mut times, 0.5), micros(51));
        assert_eq!(quantile(&mut times, 0.99), micros(100));
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
    }
}
