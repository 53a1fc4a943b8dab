//! The time of day as every backend stores it.

use crate::clock::Clock;

/// The milliseconds since 1970-01-01T00:00:00Z, at most what a signed number of 64 bits holds a hundred
/// years before its end.
pub(super) fn milliseconds(clock: &dyn Clock) -> u64 {
    /// Past the year 100 000 000: a clock there is broken, and must not break the arithmetic.
    const LATEST: u64 = 1 << 62;
    u64::try_from(clock.unix().as_millis()).map_or(LATEST, |now| now.min(LATEST))
}
