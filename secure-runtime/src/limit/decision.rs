//! What comes out of the limiter.

use std::time::Duration;

use secure_grammar::Quota;

use super::Receipt;

/// May this request proceed?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a refused request must not proceed"]
pub enum Decision {
    /// It may, and it has been charged.
    Allowed(Standing),
    /// It may not, and it has been charged nothing.
    Refused(Refusal),
    /// Nobody could count it, and the backend was told to let such requests pass.
    Uncounted,
    /// Nobody could count it, and the backend was told to let no such request pass. What may have been
    /// charged stays so. Why, is for the backend to say in the log, once when it begins: the requests themselves
    /// are not logged as failures.
    Unavailable {
        /// When to come back.
        retry_after: Duration,
    },
}

impl Decision {
    /// Whether the request may proceed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_) | Self::Uncounted)
    }

    /// The same decision for a caller whose clock is `lag` behind the one it was made by.
    pub(super) fn delayed(mut self, lag: Duration) -> Self {
        match &mut self {
            Self::Allowed(standing) if standing.reset.is_zero() => {}
            Self::Allowed(standing) => standing.reset = standing.reset.saturating_add(lag),
            Self::Refused(refusal) => refusal.retry_after = refusal.retry_after.saturating_add(lag),
            Self::Uncounted | Self::Unavailable { .. } => {}
        }
        self
    }
}

/// How a counter stands after a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The quota which is the strictest now: the fewest units remaining, and among equals the longest
    /// until its reset.
    pub quota: Quota,
    /// How many units of it could be taken at this moment.
    ///
    /// With a smooth rule this is what is left of the burst, which may be more than the quota's amount.
    pub remaining: u32,
    /// How long until `remaining` grows; zero if nothing is taken at all.
    pub reset: Duration,
    /// What gives the units back. None after giving back, and none from a smooth rule.
    pub receipt: Option<Receipt>,
}

/// Why a request was refused, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The quota without room; of several, the one which takes longest to have it again.
    pub quota: Quota,
    /// How long to wait, more than zero: who waits so long, and whom nobody else takes the units from
    /// meanwhile, passes. With windows any shorter wait is in vain.
    ///
    /// A charge of more units than the rule holds never passes; here it is told to wait for the period.
    pub retry_after: Duration,
}
