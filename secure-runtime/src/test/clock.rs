use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::clock::Clock;

/// Where a test clock starts: 2030-01-01T00:00:00Z, so that nothing depends on today.
const START: Duration = Duration::from_secs(1_893_456_000);

/// A clock that stands still until a test moves it. Clones are the same clock.
#[derive(Debug, Clone, Default)]
pub struct TestClock {
    passed: Arc<Mutex<Duration>>,
}

impl TestClock {
    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        *self.lock() += by;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for TestClock {
    fn unix(&self) -> Duration {
        START + *self.lock()
    }

    fn monotonic(&self) -> Duration {
        *self.lock()
    }
}
