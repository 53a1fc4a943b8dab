//! When a backend answers.

use std::fmt;

use futures_util::future::BoxFuture;

use super::Decision;

/// A [`Decision`], at once or once a server has been asked.
#[must_use = "a refused request must not proceed"]
pub enum Answer<'a> {
    /// It is decided.
    Now(Decision),
    /// It has to be waited for. Nothing is asked before the future is polled.
    Later(BoxFuture<'a, Decision>),
}

impl Answer<'_> {
    /// Waits for the decision.
    pub async fn decision(self) -> Decision {
        match self {
            Self::Now(decision) => decision,
            Self::Later(decision) => decision.await,
        }
    }
}

impl From<Decision> for Answer<'_> {
    fn from(decision: Decision) -> Self {
        Self::Now(decision)
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(decision) => f.debug_tuple("Now").field(decision).finish(),
            Self::Later(_) => f.debug_tuple("Later").finish_non_exhaustive(),
        }
    }
}
