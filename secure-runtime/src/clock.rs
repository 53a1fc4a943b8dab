//! Time, injected: no code of this crate asks the machine for it directly.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Where the time comes from.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The wall clock, as the time since 1970-01-01T00:00:00Z. Tokens are stamped with it.
    fn unix(&self) -> Duration;

    /// A clock that never goes back, from an arbitrary start. Limits are measured with it.
    fn monotonic(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn unix(&self) -> Duration {
        // A clock before 1970 is a broken clock; tokens are then "not yet valid" and refused.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn unix(&self) -> Duration {
        C::unix(self)
    }

    fn monotonic(&self) -> Duration {
        C::monotonic(self)
    }
}
