//! Time as the limiter counts it: nanoseconds in 64 bits, bounded so that sums cannot overflow.

use std::time::Duration;

use secure_grammar::Quota;

/// The latest moment, 146 years in. There time stands still, and what is used up stays so.
const LATEST: u64 = u64::MAX / 4;

/// The longest period, 292 years: what was taken at any moment still counts at the latest.
const LONGEST: u64 = u64::MAX / 2;

/// A moment of the caller's clock in nanoseconds, at most a quarter of the range.
pub(super) fn moment(since_start: Duration) -> u64 {
    nanoseconds(since_start).min(LATEST)
}

/// A quota's period in nanoseconds, at most half of the range.
pub(super) fn period(quota: Quota) -> u64 {
    nanoseconds(quota.period()).min(LONGEST)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
