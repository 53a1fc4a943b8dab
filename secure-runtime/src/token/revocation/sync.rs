use std::{ops::RangeInclusive, time::Duration};

use crate::store::StoreError;

/// Facts are listed by the ten seconds in which they were written.
const BUCKET: Duration = Duration::from_secs(10);
/// How far the clocks of two instances may be apart.
const SKEW: Duration = Duration::from_secs(60);
/// How long a store that does not answer is left alone.
const COOL_DOWN: Duration = Duration::from_millis(250);

/// By whom a fact is listed that was written at `now`.
pub(super) fn bucket(now: Duration) -> u64 {
    now.as_secs() / BUCKET.as_secs()
}

/// How far this instance has read. Whoever holds it is the only one that asks.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// By the monotonic clock.
    succeeded_at: Option<Duration>,
    failure: Option<(Duration, StoreError)>,
    /// What the version was when everything up to `listed_at` was read.
    version: Option<Vec<u8>>,
    /// By the wall clock, which the buckets go by.
    listed_at: Option<Duration>,
    /// What is being read.
    pub(super) reading: Option<Reading>,
}

/// A way through the buckets that may hold something new. It is kept when the store fails on the way, and
/// gone on with.
#[derive(Debug)]
pub(super) struct Reading {
    /// Those that are still to be read.
    pub(super) buckets: RangeInclusive<u64>,
    version: Option<Vec<u8>>,
    begun_at: Duration,
}

impl Progress {
    /// What has come out for somebody who asked at `asked` and then waited: the same for all who
    /// waited. A store that has just failed is not asked again.
    pub(super) fn since(&self, asked: Duration) -> Option<Result<(), StoreError>> {
        if self.succeeded_at.is_some_and(|at| at > asked) {
            return Some(Ok(()));
        }
        self.failure
            .as_ref()
            .filter(|(at, _)| *at >= asked || asked - *at < COOL_DOWN)
            .map(|(_, error)| Err(error.clone()))
    }

    /// The version is this one now: whatever it covers is to be read, if it is new.
    pub(super) fn begin(&mut self, version: Option<Vec<u8>>, now: Duration, horizon: Duration) {
        if self.listed_at.is_some() && self.version == version {
            // What is being written at this moment is not older than the clocks are apart.
            self.listed_at = Some(now);
            return;
        }
        let everything = now.saturating_sub(horizon);
        let since = self.listed_at.map_or(everything, |listed_at| {
            // A clock that was set back has left a moment that is still to come.
            let read = listed_at.min(now).saturating_sub(SKEW);
            read.max(everything)
        });
        self.reading = Some(Reading {
            buckets: bucket(since)..=bucket(now + SKEW),
            version,
            begun_at: now,
        });
    }

    /// Everything of the reading was read.
    pub(super) fn finish(&mut self) {
        if let Some(reading) = self.reading.take() {
            self.version = reading.version;
            self.listed_at = Some(reading.begun_at);
        }
    }

    pub(super) fn succeeded(&mut self, started: Duration) {
        self.succeeded_at = Some(started);
        self.failure = None;
    }

    pub(super) fn failed(&mut self, at: Duration, error: StoreError) {
        self.failure = Some((at, error));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000_000);
    const HORIZON: Duration = Duration::from_secs(3600);

    fn version(text: &str) -> Option<Vec<u8>> {
        Some(text.as_bytes().to_vec())
    }

    fn buckets(progress: &mut Progress, text: &str, now: Duration) -> Option<RangeInclusive<u64>> {
        progress.begin(version(text), now, HORIZON);
        let buckets = progress
            .reading
            .as_ref()
            .map(|reading| reading.buckets.clone());
        progress.finish();
        buckets
    }

    #[test]
    fn everything_first_then_what_is_new() {
        let mut progress = Progress::default();
        let first = buckets(&mut progress, "a", NOW).expect("a reading");
        assert_eq!(*first.start(), bucket(NOW - HORIZON));
        assert_eq!(*first.end(), bucket(NOW + SKEW));
        assert_eq!(buckets(&mut progress, "a", NOW), None);
        let later = NOW + Duration::from_secs(100);
        let second = buckets(&mut progress, "b", later).expect("a reading");
        assert_eq!(*second.start(), bucket(NOW - SKEW));
    }

    #[test]
    fn a_quiet_hour_costs_nothing_afterwards() {
        let mut progress = Progress::default();
        buckets(&mut progress, "a", NOW);
        let later = NOW + HORIZON;
        assert_eq!(buckets(&mut progress, "a", later), None);
        let next = buckets(&mut progress, "b", later).expect("a reading");
        assert_eq!(*next.start(), bucket(later - SKEW));
    }

    #[test]
    fn a_clock_that_is_set_back_hides_nothing() {
        let mut progress = Progress::default();
        buckets(&mut progress, "a", NOW + Duration::from_secs(240));
        let next = buckets(&mut progress, "b", NOW).expect("a reading");
        assert!(next.contains(&bucket(NOW)));
        assert_eq!(*next.start(), bucket(NOW - SKEW));
    }
}
