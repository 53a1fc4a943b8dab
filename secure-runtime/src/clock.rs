//! Time, injected: no code of this crate asks the machine for it directly.

pub(crate) mod moment;

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

/// Whole milliseconds since 1970: what moments are stored and compared in.
pub(crate) fn millis(moment: Duration) -> u64 {
    u64::try_from(moment.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(crate) mod moved {
    use std::sync::Mutex;

    use super::*;

    /// A clock that stands still until a test moves it. Clones are the same clock.
    #[derive(Debug, Clone)]
    pub(crate) struct MovedClock(Arc<Mutex<Duration>>);

    impl MovedClock {
        pub(crate) fn new() -> Self {
            Self(Arc::new(Mutex::new(Duration::from_secs(1_800_000_000))))
        }

        pub(crate) fn advance(&self, by: Duration) {
            *self.0.lock().expect("a time") += by;
        }

        pub(crate) fn go_back(&self, by: Duration) {
            *self.0.lock().expect("a time") -= by;
        }
    }

    impl Clock for MovedClock {
        fn unix(&self) -> Duration {
            *self.0.lock().expect("a time")
        }

        fn monotonic(&self) -> Duration {
            self.unix()
        }
    }
}
