use std::{ops::RangeInclusive, time::Duration};

use crate::store::StoreError;

/// Facts are listed by the minute in which they were written.
const BUCKET: Duration = Duration::from_secs(60);
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

    /// Which buckets may hold something new; none where the version is still the same.
    pub(super) fn buckets(
        &self,
        version: &Option<Vec<u8>>,
        now: Duration,
        horizon: Duration,
    ) -> Option<RangeInclusive<u64>> {
        let everything = now.saturating_sub(horizon);
        let since = match self.listed_at {
            Some(_) if self.version == *version => return None,
            Some(listed_at) => listed_at.saturating_sub(SKEW).max(everything),
            None => everything,
        };
        Some(bucket(since)..=bucket(now + SKEW))
    }

    pub(super) fn listed(&mut self, version: Option<Vec<u8>>, now: Duration) {
        self.version = version;
        self.listed_at = Some(now);
    }

    pub(super) fn succeeded(&mut self, started: Duration) {
        self.succeeded_at = Some(started);
        self.failure = None;
    }

    pub(super) fn failed(&mut self, at: Duration, error: StoreError) {
        self.failure = Some((at, error));
    }
}
