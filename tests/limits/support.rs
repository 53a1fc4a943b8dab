//! Limiters with counters of their own, and charges.

use std::{
    num::{NonZeroU32, NonZeroU64},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use secure_grammar::Quota;
use secure_runtime::limit::{
    Amount, Charge, Counter, Decision, Limiter, Receipt, RedisLimiter, Refusal, Rule, Standing,
    WhenDown,
};

use crate::services::Redis;

/// Long enough for any machine: where a limit matters, a test sets its own.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A limiter on the shared server, with keys of its own, that answers 503 in an outage.
pub(crate) async fn limiter() -> Option<RedisLimiter> {
    Some(connect(&Redis::shared()?.url()).await)
}

/// The same on any server.
pub(crate) async fn connect(url: &str) -> RedisLimiter {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    RedisLimiter::connect(url, WhenDown::FailClosed)
        .await
        .expect("a server")
        .with_prefix(&format!("test-{number}:"))
        .with_timeout(PATIENCE)
}

pub(crate) fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

pub(crate) fn quota(amount: u32, seconds: u64) -> Quota {
    Quota::new(number(amount), NonZeroU64::new(seconds).unwrap())
}

/// What is asked of the counter `name` for `key`, without a time.
pub(crate) fn charge<'a>(
    name: &'a str,
    key: &'a [u8],
    rule: &'a Rule,
    amount: Amount,
) -> Charge<'a> {
    Charge {
        counter: Counter { id: 0, name },
        key,
        rule,
        amount,
        now: Duration::ZERO,
    }
}

/// One request of `key`.
pub(crate) async fn take(limiter: &dyn Limiter, key: &[u8], rule: &Rule) -> Decision {
    let one = Amount::Take(NonZeroU32::MIN);
    limiter.check(&charge("a", key, rule, one)).decision().await
}

pub(crate) async fn give_back(
    limiter: &dyn Limiter,
    key: &[u8],
    rule: &Rule,
    receipt: Receipt,
) -> Decision {
    let back = Amount::GiveBack(receipt);
    limiter
        .check(&charge("a", key, rule, back))
        .decision()
        .await
}

#[track_caller]
pub(crate) fn allowed(decision: Decision) -> Standing {
    match decision {
        Decision::Allowed(standing) => standing,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused(decision: Decision) -> Refusal {
    match decision {
        Decision::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}
