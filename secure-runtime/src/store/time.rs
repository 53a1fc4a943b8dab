//! The time of day as every backend stores it.

use crate::clock::Clock;

/// How long after its end an entry may stay where several machines see it, in milliseconds: one whose
/// clock is that much ahead deletes nothing that lives for the others.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
pub(super) const KEPT_AFTER_END: u64 = 60_000;

/// The milliseconds since 1970-01-01T00:00:00Z.
pub(super) fn milliseconds(clock: &dyn Clock) -> u64 {
    /// In the year 144 000: a clock there is broken, and must not break the arithmetic. With a lifetime
    /// added it is a number of 16 digits that a script in Redis, which counts with doubles, has exactly.
    const LATEST: u64 = 1 << 52;
    u64::try_from(clock.unix().as_millis()).map_or(LATEST, |now| now.min(LATEST))
}
