//! One charge of a limit in Redis beside one in this process.

use std::{
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use secure_grammar::Quota;
use secure_runtime::limit::{
    Amount, Charge, Counter, Decision, InProcess, Limiter, RedisLimiter, Rule, WhenDown,
};

use super::services::Redis;
use crate::{
    Failure,
    harness::{Candidate, Column, Settings, Table, wait},
};

/// What nobody uses up in an hour: the benchmark is of requests that pass.
const MANY: NonZeroU32 = NonZeroU32::MAX;
const HOUR: NonZeroU64 = match NonZeroU64::new(3600) {
    Some(seconds) => seconds,
    None => NonZeroU64::MIN,
};

/// Prints the table, where there is a Redis.
///
/// # Errors
/// When the server is there and does not work.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let Some(server) = Redis::start() else {
        return Ok(());
    };
    let redis = RedisLimiter::connect(&server.url(), WhenDown::FailClosed).await?;
    let here = InProcess::default();
    let columns = [Column::new("in process"), Column::over("redis", 0)];
    let mut table = Table::new("limits: one task", columns);
    let window = Rule::window(Quota::new(MANY, HOUR));
    let smooth = Rule::smooth(Quota::new(MANY, HOUR), MANY);
    for (name, rule) in [("a large window", &window), ("a smooth limit", &smooth)] {
        let candidates = vec![charges(&here, rule), charges(&redis, rule)];
        table.measure(name, settings, candidates).await;
    }
    table.print();
    Ok(())
}

fn charges<'a>(limiter: &'a dyn Limiter, rule: &'a Rule) -> Box<dyn Candidate + 'a> {
    wait(async move || {
        let charge = Charge {
            counter: Counter {
                id: 0,
                name: "GET /notes, limit 0 by ip",
            },
            key: &[203, 0, 113, 7],
            rule,
            amount: Amount::Take(NonZeroU32::MIN),
            now: Duration::from_secs(1),
        };
        passed(limiter.check(&charge).decision().await)
    })
}

#[allow(clippy::panic, reason = "a benchmark of a failure is none")]
#[track_caller]
fn passed(decision: Decision) {
    match decision {
        Decision::Allowed(_) => {}
        other => panic!("{other:?}"),
    }
}
