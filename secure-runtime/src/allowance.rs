//! What callers are allowed beyond what the attributes say: plans, without a new build.

use std::{fmt, num::NonZeroU32, sync::Arc};

use crate::{
    policy::{RateLimit, RoutePolicy},
    principal::Principal,
};

/// How much of a limit one caller has.
///
/// ```
/// use secure_runtime::Allowance;
///
/// assert_ne!(Allowance::times(10), Allowance::standard());
/// assert_eq!(Allowance::times(1), Allowance::standard());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "it changes nothing until it is returned"]
pub struct Allowance {
    /// `None` for no limit at all.
    factor: Option<NonZeroU32>,
}

/// The limit that an allowance is asked about.
#[derive(Debug, Clone, Copy)]
pub struct CallerLimit<'a> {
    limit: &'a RateLimit,
    route: Option<&'a RoutePolicy>,
}

/// Says what callers are allowed; made of the app's function.
#[derive(Clone)]
pub(crate) struct Allowances(Arc<Ask>);

type Ask = dyn for<'a> Fn(&Principal, &CallerLimit<'a>) -> Allowance + Send + Sync;

impl Allowance {
    /// As much as the attribute says.
    pub const fn standard() -> Self {
        Self {
            factor: Some(NonZeroU32::MIN),
        }
    }

    /// So many times as much as the attribute says: every quota of the limit, and its burst. A quota that would
    /// grow beyond 4,294,967,295 stays there. Zero counts as one: no allowance makes a limit
    /// stricter.
    pub const fn times(factor: u32) -> Self {
        match NonZeroU32::new(factor) {
            None => Self::standard(),
            factor => Self { factor },
        }
    }

    /// As much as the caller likes: nothing is counted, and the answer does not speak of the limit.
    pub const fn unlimited() -> Self {
        Self { factor: None }
    }

    pub(crate) const fn factor(self) -> Option<NonZeroU32> {
        self.factor
    }
}

impl Default for Allowance {
    fn default() -> Self {
        Self::standard()
    }
}

impl<'a> CallerLimit<'a> {
    pub(crate) const fn new(limit: &'a RateLimit, route: Option<&'a RoutePolicy>) -> Self {
        Self { limit, route }
    }

    /// The limit, as it is written.
    pub const fn limit(&self) -> &'a RateLimit {
        self.limit
    }

    /// The route that it is written on; `None` for one of the whole app.
    pub const fn route(&self) -> Option<&'a RoutePolicy> {
        self.route
    }
}

impl Allowances {
    pub(crate) fn new(
        ask: impl Fn(&Principal, &CallerLimit<'_>) -> Allowance + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(ask))
    }

    pub(crate) fn of(&self, caller: &Principal, limit: &CallerLimit<'_>) -> Allowance {
        (self.0)(caller, limit)
    }
}

impl fmt::Debug for Allowances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allowances").finish_non_exhaustive()
    }
}
