use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long sessions last, how many of them somebody has, and what their cookie is called.
///
/// ```
/// use std::time::Duration;
///
/// use secure_runtime::session::SessionSettings;
///
/// const SESSIONS: SessionSettings = SessionSettings::new()
///     .idle(Duration::from_secs(15 * 60))
///     .most(5);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SessionSettings {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    pub(crate) most: usize,
}

impl SessionSettings {
    /// 30 minutes without a request, 12 hours in all, 20 sessions a subject, the cookie `__Host-session`.
    pub const fn new() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            absolute: HOUR.saturating_mul(12),
            most: 20,
        }
    }

    /// For how long a session lasts without a request, from 1 minute on. Defaults to 30 minutes.
    pub const fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// For how long a session lasts however much it is used. Defaults to 12 hours.
    pub const fn absolute(mut self, absolute: Duration) -> Self {
        self.absolute = absolute;
        self
    }

    /// How many sessions a subject has at most, between 1 and 1000; one more ends that which was used
    /// longest ago. Defaults to 20.
    pub const fn most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self::new()
    }
}
