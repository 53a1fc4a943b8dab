//! How often: the limiter behind `#[rate_limit]`.
//!
//! A limit has a [`Rule`]: one or several quotas, each of them `N` units in a period. A request takes
//! one unit, or as many as its `cost` says, from the counter of its [`Charge`]; a [`Limiter`] answers
//! with a [`Decision`]. Nothing in here knows of HTTP, and nothing in here reads a clock: the moment
//! comes in with the charge, so that tests move time and never sleep.
//!
//! # The promise
//!
//! - **Windows** ([`Rule::window`], and [`Rule::new`] without a burst): never do more than `N` units
//!   pass in *any* window as long as the period, wherever it starts. No "twice the limit around the
//!   full minute", as fixed windows have it. A unit counts from the moment `t` at which it was taken up to,
//!   and not including, `t + period`.
//!   For `N` up to 64 this is exact both ways: whatever keeps the promise passes. For a larger `N` it
//!   errs on the strict side, a unit being counted for at most 1/64 of the period too long.
//! - **Smooth** ([`Rule::smooth`], `burst = n` in the attribute): at most `burst + N · t / period`
//!   units pass in any window of length `t`. After the burst, units come back one by one, evenly.
//!
//! Several quotas in one rule are one decision: all must have room, and then all are charged. What is
//! refused is charged nothing.
//!
//! Whatever goes wrong errs on the strict side: a clock which steps back, a full table, a poisoned lock.
//!
//! # Terms
//!
//! Quota, window, remaining and reset mean what [draft-ietf-httpapi-ratelimit-headers] means by them
//! (`q`, `w`, `r` and `t` of its fields), and [`Refusal::retry_after`] is the `Retry-After` of RFC 9110,
//! section 10.2.3. Both fields count whole seconds: round *up*. The limits themselves answer
//! [OWASP API4:2023, Unrestricted Resource Consumption][api4].
//!
//! [draft-ietf-httpapi-ratelimit-headers]: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
//! [api4]: https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/

mod answer;
mod charge;
mod decision;
mod in_process;
mod memory;
mod moments;
mod parts;
mod place;
#[cfg(feature = "redis")]
mod redis;
mod rule;
mod shard;
mod smooth;
mod state;
mod time;
mod window;

use std::fmt::Debug;

use crate::deploy::Finding;

pub use self::answer::Answer;
pub use self::charge::{Amount, Charge, Counter, LONGEST_KEY, Receipt};
pub use self::decision::{Decision, Refusal, Standing};
pub use self::in_process::InProcess;
#[cfg(feature = "redis")]
pub use self::redis::{RedisLimiter, RedisLimiterError, UnknownChoice, WhenDown};
pub use self::rule::{Rule, RuleError};

/// Decides whether a request still fits its quotas, and counts it if it does.
///
/// One operation, which must be atomic: of any number of charges that arrive at once, no more may pass
/// than if they had come one after another. [`InProcess`] is the backend for one process.
pub trait Limiter: Debug + Send + Sync {
    /// Takes what `charge` asks for, or gives it back, and says how the counter stands now.
    ///
    /// Giving back is never refused. A backend in this process answers at once; one over a network
    /// answers with a future, which does nothing before it is polled.
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a>;

    /// Whether other instances of the app count with it. Defaults to `true`; what counts in this process
    /// alone says `false`, and a check of the deployment warns of it.
    fn is_shared(&self) -> bool {
        true
    }

    /// What is weak about it in production, for
    /// [`deploy_check`](crate::CompleteBuilder::deploy_check). Defaults to nothing.
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}
