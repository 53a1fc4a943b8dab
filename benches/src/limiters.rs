//! Section `limiters`: a check of the limiter alone, beside one of `governor`.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    num::{NonZeroU32, NonZeroU64},
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use governor::{DefaultKeyedRateLimiter, RateLimiter, clock::MonotonicClock};
use secure_grammar::Quota;
use secure_runtime::{
    Clock, SystemClock,
    limit::{Amount, Answer, Charge, Counter, Decision, InProcess, Limiter, Rule},
};

use crate::{
    Failure,
    harness::{Candidate, Column, Figures, Settings, Table, batch, call},
    summary::{Finding, Target},
};

const KEYS: u32 = 100_000;

/// Prints the tables of this section.
///
/// # Errors
/// When a limiter does not do what it is measured for.
pub fn run(settings: &Settings) -> Result<Vec<Finding>, Failure> {
    let columns = [
        Column::new("governor"),
        Column::new("same clock"),
        Column::over("smooth", 1),
        Column::over("large window", 1),
        Column::over("small window", 1),
        Column::over("two windows", 1),
    ];
    let mut alone = Table::new("a check, one thread", columns);
    let mut together = Table::new("a check, all cores", columns);
    let mut findings = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        for (name, keys) in [("one key", 1), ("100 000 keys", KEYS)] {
            let subjects = subjects(keys)?;
            let one = subjects.iter().map(|subject| subject.alone()).collect();
            findings.extend(finding(name, &alone.measure(name, settings, one).await));
            let all = subjects.iter().map(|subject| subject.together()).collect();
            together.measure(name, settings, all).await;
        }
        Ok::<(), Failure>(())
    })?;
    alone.print();
    together.print();
    Ok(findings)
}

/// One window, as most limits have it, beside `governor` with the clock that ours reads, too: time has to be
/// injected, so ours cannot read the processor's own counter.
fn finding(name: &str, figures: &[Figures]) -> Option<Finding> {
    let (governor, window) = (figures.get(1)?, figures.get(3)?);
    Some(Finding {
        what: format!("limiter, {name}: a check ÷ governor's, same clock"),
        measured: window.least / governor.least,
        target: Target::AtMost(2.0),
    })
}

/// One limiter and its keys, each of which has been there before.
pub struct Subject {
    check: Box<dyn Fn(u32) -> bool + Sync>,
    keys: u32,
    next: AtomicU32,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").finish_non_exhaustive()
    }
}

impl Subject {
    fn new(keys: u32, check: impl Fn(u32) -> bool + Sync + 'static) -> Result<Self, Failure> {
        match (0..keys).all(&check) {
            true => Ok(Self {
                check: Box::new(check),
                keys,
                next: AtomicU32::new(0),
            }),
            false => Err("the first request of a key was refused".into()),
        }
    }

    /// Checks so many keys, in an order that the processor cannot guess.
    pub fn check(&self, operations: u32) -> bool {
        let from = self.next.fetch_add(operations, Ordering::Relaxed);
        (from..from.wrapping_add(operations)).fold(true, |all, turn| {
            all & (self.check)(turn.wrapping_mul(2_654_435_761) % self.keys)
        })
    }

    fn alone(&self) -> Box<dyn Candidate + '_> {
        let mut turn = 0u32;
        call(move || {
            turn = turn.wrapping_add(1);
            (self.check)(turn.wrapping_mul(2_654_435_761) % self.keys)
        })
    }

    /// Every core does so many: the time of one, while the others do the same.
    fn together(&self) -> Box<dyn Candidate + '_> {
        let threads = thread::available_parallelism().map_or(2, usize::from);
        batch(move |operations| {
            let start = Barrier::new(threads);
            let elapsed = thread::scope(|scope| {
                let one = || {
                    start.wait();
                    let started = Instant::now();
                    std::hint::black_box(self.check(operations));
                    started.elapsed()
                };
                let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
                let each = all.into_iter().map(|thread| thread.join());
                each.map(|elapsed| elapsed.unwrap_or(Duration::MAX)).max()
            });
            std::future::ready(elapsed.unwrap_or_default())
        })
    }
}

/// The limiters in the order of the columns. Where all is refused, a refusal would be measured, so the quotas
/// are as large as they have to be; but the small window is one, and with one key it refuses.
///
/// # Errors
/// When one of them refuses its first request.
pub fn subjects(keys: u32) -> Result<Vec<Subject>, Failure> {
    let many = NonZeroU32::new(100_000_000).ok_or("zero")?;
    let governed: DefaultKeyedRateLimiter<IpAddr> =
        RateLimiter::keyed(governor::Quota::per_second(many));
    let governor = Subject::new(keys, move |key| {
        governed.check_key(&IpAddr::V4(Ipv4Addr::from(key))).is_ok()
    })?;
    let same_clock =
        RateLimiter::dashmap_with_clock(governor::Quota::per_second(many), MonotonicClock);
    let same_clock = Subject::new(keys, move |key| {
        same_clock
            .check_key(&IpAddr::V4(Ipv4Addr::from(key)))
            .is_ok()
    })?;
    let second = Quota::new(many, NonZeroU64::MIN);
    let hour = Quota::new(NonZeroU32::MAX, NonZeroU64::new(3600).ok_or("zero")?);
    let sixty = NonZeroU32::new(60).ok_or("zero")?;
    let small = Quota::new(sixty, NonZeroU64::new(60).ok_or("zero")?);
    let rules = [
        Rule::smooth(second, many),
        Rule::window(second),
        Rule::window(small),
        Rule::new(vec![second, hour], None)?,
    ];
    let mut subjects = vec![governor, same_clock];
    for rule in rules {
        let (limiter, clock) = (InProcess::default(), SystemClock::default());
        let check = move |key: u32| {
            let key = key.to_be_bytes();
            let answer = limiter.check(&Charge {
                counter: Counter { id: 0, name: "" },
                key: &key,
                rule: &rule,
                amount: Amount::Take(NonZeroU32::MIN),
                now: clock.monotonic(),
            });
            matches!(answer, Answer::Now(Decision::Allowed(_)))
        };
        subjects.push(Subject::new(keys, check)?);
    }
    Ok(subjects)
}
