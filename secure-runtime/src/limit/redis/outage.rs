use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{WhenDown, advice::advice, names::Names};
use crate::redis_link::LinkError;

/// How long the server must have answered for an outage to be a new one, and not the same again: who is asked
/// whether it is back is asked more seldom then.
const CALM: Duration = Duration::from_secs(10);

/// How soon after a failure the server is asked whether it is back, and how often from then on.
const SOON: Duration = Duration::from_millis(100);
const OFTEN: Duration = Duration::from_millis(250);

/// The same for a server that comes and goes.
const SELDOM: Duration = Duration::from_secs(1);

/// Whether the server answers. While it does not, nobody waits for it.
#[derive(Debug, Default)]
pub(super) struct Outage {
    is_on: AtomicBool,
    /// How many outages have ended.
    ended: AtomicU64,
    /// Requests that were decided without the server during this one.
    alone: AtomicU64,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    began: Option<Instant>,
    ended: Option<Instant>,
}

impl Outage {
    pub(super) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Acquire)
    }

    /// How many outages have ended: a failure of a question that is older than the last end is none of a new
    /// one.
    pub(super) fn ended(&self) -> u64 {
        self.ended.load(Ordering::Acquire)
    }

    /// A request was decided without the server.
    pub(super) fn decided_alone(&self) {
        self.alone.fetch_add(1, Ordering::Relaxed);
    }

    /// Begins one, which is logged, for the failure of a question that was asked after so many had `ended`. If
    /// one has begun, says in what rhythm to ask whether the server is back.
    pub(super) fn begin(
        &self,
        error: &LinkError,
        ended: u64,
        names: &Names,
        when_down: WhenDown,
    ) -> Option<Rhythm> {
        let mut times = self.times();
        if self.is_on() || self.ended() != ended {
            return None;
        }
        let now = Instant::now();
        let is_new = times
            .ended
            .is_none_or(|ended| now.saturating_duration_since(ended) >= CALM);
        times.began = Some(now);
        self.alone.store(0, Ordering::Relaxed);
        self.is_on.store(true, Ordering::Release);
        tracing::error!(
            target: "secure_runtime::limit",
            %error,
            prefix = names.prefix(),
            advice = advice(error),
            until_it_is_back = when_down.meaning(),
            "the Redis that counts requests does not answer"
        );
        Some(match is_new {
            true => Rhythm {
                first: SOON,
                next: OFTEN,
            },
            false => Rhythm {
                first: SELDOM,
                next: SELDOM,
            },
        })
    }

    /// Ends it, which is logged.
    pub(super) fn end(&self, names: &Names, when_down: WhenDown) {
        let mut times = self.times();
        let Some(began) = times.began.take() else {
            return;
        };
        let now = Instant::now();
        times.ended = Some(now);
        self.ended.fetch_add(1, Ordering::Release);
        self.is_on.store(false, Ordering::Release);
        tracing::warn!(
            target: "secure_runtime::limit",
            prefix = names.prefix(),
            seconds = now.saturating_duration_since(began).as_secs_f64(),
            requests = self.alone.load(Ordering::Relaxed),
            they_were = when_down.past(),
            "the Redis that counts requests answers again"
        );
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the server is asked whether it is back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    pub(super) first: Duration,
    pub(super) next: Duration,
}
