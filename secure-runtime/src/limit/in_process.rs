//! The limiter for one process.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Amount, Answer, Charge, Decision, Limiter,
    charge::LONGEST_KEY,
    overflow::Overflow,
    shard::Shard,
    time::{self, HighWater},
};

/// How many keys share a lock, so that a sweep of them is short.
const KEYS_PER_SHARD: usize = 4096;

/// Locks enough for any number of cores.
const MOST_SHARDS: usize = 256;

/// A [`Limiter`] that counts in memory, for all workers of one process.
///
/// It is exact under concurrency: 200 requests at once on `5/minute` are five allowed and 195 refused.
///
/// # Memory
///
/// It keeps at most as many keys as its capacity says, which defaults to
/// [`DEFAULT_CAPACITY`](Self::DEFAULT_CAPACITY). A key that has sent one request takes about 150 bytes. Each
/// moment at which it sent another one that still counts adds 16, to at most 1.1 kB for each quota of its rule,
/// however large the quota. A smooth rule takes about 120 bytes a key, whatever is sent.
///
/// When it is full, keys for which nothing counts any more are dropped; whoever still counts for anything
/// is never forgotten, so that a flood of new keys resets nobody's counter. If that makes no room,
/// newcomers share *one* counter a limit until it does: together they have the quota of one.
/// That is the strict choice. A flood from very many addresses can make newcomers wait, never let anybody
/// pass who would not have passed without it.
///
/// A newcomer who gets a place while the shared counter still counts starts with what the keys of the same
/// part of the table took from it, since some of that may be theirs. So the promise holds for each key,
/// whatever happened to the table in between.
///
/// Keys are spread over up to 256 parts by a keyed hash (SipHash, with keys drawn at start), and
/// the capacity is divided among the parts: in a part, it may be reached a few percent early.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::num::{NonZeroU32, NonZeroU64};
/// use std::time::Duration;
///
/// use secure_grammar::Quota;
/// use secure_runtime::limit::{Amount, Answer, Charge, Counter, Decision, InProcess, Limiter, Rule};
///
/// let minute = NonZeroU64::new(60).ok_or("zero")?;
/// let rule = Rule::window(Quota::new(NonZeroU32::MIN, minute));
/// let limiter = InProcess::default();
/// let request = Charge {
///     counter: Counter { id: 0, name: "POST /notes by ip" },
///     key: b"192.0.2.1",
///     rule: &rule,
///     amount: Amount::Take(NonZeroU32::MIN),
///     now: Duration::ZERO,
/// };
/// assert!(matches!(limiter.check(&request), Answer::Now(Decision::Allowed(_))));
/// assert!(matches!(limiter.check(&request), Answer::Now(Decision::Refused(_))));
///
/// let later = Charge { now: Duration::from_secs(60), ..request };
/// assert!(matches!(limiter.check(&later), Answer::Now(Decision::Allowed(_))));
/// # Ok(())
/// # }
/// ```
pub struct InProcess {
    /// A power of two of them.
    shards: Box<[Mutex<Shard>]>,
    capacity: NonZeroUsize,
    overflow: Overflow,
    spread: RandomState,
    clock: HighWater,
}

impl InProcess {
    /// The capacity by default, in keys: a million.
    ///
    /// Measured with keys of four bytes, these are 150 MB if each has sent one request, 280 MB if each has used
    /// up a `5/minute`, and 1.2 GB if each has sent 64 or more under one large quota.
    pub const DEFAULT_CAPACITY: NonZeroUsize = match NonZeroUsize::new(1_000_000) {
        Some(capacity) => capacity,
        None => NonZeroUsize::MIN,
    };

    /// A limiter that keeps at most `capacity` keys, of all limits together.
    #[must_use]
    pub fn with_capacity(capacity: NonZeroUsize) -> Self {
        let shards = capacity.get() / KEYS_PER_SHARD;
        let shards = 1 << shards.clamp(1, MOST_SHARDS).ilog2();
        Self {
            shards: (0..shards)
                .map(|_| Mutex::new(Shard::new(capacity.get() / shards)))
                .collect(),
            capacity,
            overflow: Overflow::default(),
            spread: RandomState::new(),
            clock: HighWater::default(),
        }
    }

    /// How many keys it keeps at most.
    #[must_use]
    pub const fn capacity(&self) -> NonZeroUsize {
        self.capacity
    }

    /// How many keys it keeps now, among them those which no longer count and were not dropped yet.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn shard(&self, counter: u32, key: &[u8]) -> &Mutex<Shard> {
        let hash = self.spread.hash_one((counter, key));
        // The number of shards is a power of two, at most 256: the remainder is an index.
        &self.shards[hash as usize & (self.shards.len() - 1)]
    }
}

impl Limiter for InProcess {
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        let key = &charge.key[..charge.key.len().min(LONGEST_KEY)];
        let place = (charge.counter.id, key);
        let mut shard = lock(self.shard(charge.counter.id, key));
        let seen = time::moment(charge.now);
        // Under the lock, so that this shard's moments ascend.
        let now = self.clock.advance(seen);
        let decision = match charge.amount {
            Amount::Take(amount) => shard.take(place, charge.rule, amount, &self.overflow, now),
            Amount::GiveBack(receipt) => {
                Decision::Allowed(shard.give_back(place, charge.rule, receipt, &self.overflow, now))
            }
        };
        decision.delayed(Duration::from_nanos(now - seen)).into()
    }
}

impl Default for InProcess {
    fn default() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }
}

/// Without the keys, which are addresses and names of people.
impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

/// A poisoned lock is taken as it is: a panic in the middle of a charge can only leave too much charged.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::{
        num::{NonZeroU32, NonZeroU64},
        panic::{self, AssertUnwindSafe},
    };

    use secure_grammar::Quota;

    use super::super::{Counter, Rule};
    use super::*;

    fn one_a_minute() -> Rule {
        Rule::window(Quota::new(NonZeroU32::MIN, NonZeroU64::new(60).unwrap()))
    }

    fn check(limiter: &InProcess, rule: &Rule, key: &[u8], amount: Amount) -> Decision {
        let answer = limiter.check(&Charge {
            counter: Counter { id: 0, name: "" },
            key,
            rule,
            amount,
            now: Duration::ZERO,
        });
        match answer {
            Answer::Now(decision) => decision,
            Answer::Later(_) => panic!("nobody is asked"),
        }
    }

    #[test]
    fn the_parts_hold_no_more_than_the_whole() {
        for (capacity, shards) in [
            (1, 1),
            (8191, 1),
            (8192, 2),
            (1_000_000, 128),
            (5_000_000, 256),
        ] {
            let limiter = InProcess::with_capacity(NonZeroUsize::new(capacity).unwrap());
            assert_eq!(limiter.shards.len(), shards);
        }
        assert_eq!(InProcess::default().capacity().get(), 1_000_000);
    }

    #[test]
    fn a_poisoned_lock_neither_panics_nor_opens() {
        let (limiter, rule) = (InProcess::with_capacity(NonZeroUsize::MIN), one_a_minute());
        let one = Amount::Take(NonZeroU32::MIN);
        assert!(check(&limiter, &rule, b"a", one).is_allowed());
        let poisoned = panic::catch_unwind(AssertUnwindSafe(|| {
            let _guard = limiter.shards[0].lock().unwrap();
            panic!("on purpose");
        }));
        assert!(poisoned.is_err() && limiter.shards[0].is_poisoned());
        assert!(!check(&limiter, &rule, b"a", one).is_allowed());
    }

    #[test]
    fn what_is_refused_leaves_no_key_behind() {
        let (limiter, rule) = (InProcess::default(), one_a_minute());
        let two = Amount::Take(NonZeroU32::MIN.saturating_add(1));
        assert!(!check(&limiter, &rule, b"a", two).is_allowed());
        assert_eq!(limiter.keys(), 0);
    }

    #[test]
    fn what_succeeds_leaves_no_key_behind() {
        let (limiter, rule) = (InProcess::default(), one_a_minute());
        let one = Amount::Take(NonZeroU32::MIN);
        let Decision::Allowed(standing) = check(&limiter, &rule, b"a", one) else {
            panic!("the first one passes");
        };
        assert_eq!(limiter.keys(), 1);
        let receipt = standing.receipt.unwrap();
        let back = check(&limiter, &rule, b"a", Amount::GiveBack(receipt));
        assert_eq!(limiter.keys(), 0);
        assert!(matches!(back, Decision::Allowed(standing) if standing.remaining == 1));
        assert!(check(&limiter, &rule, b"a", one).is_allowed());
    }

    #[test]
    fn what_the_overflow_took_it_takes_back() {
        let (limiter, rule) = (InProcess::with_capacity(NonZeroUsize::MIN), one_a_minute());
        let one = Amount::Take(NonZeroU32::MIN);
        assert!(check(&limiter, &rule, b"a", one).is_allowed());
        let Decision::Allowed(standing) = check(&limiter, &rule, b"b", one) else {
            panic!("the first in the overflow passes");
        };
        assert!(!check(&limiter, &rule, b"c", one).is_allowed());
        let receipt = standing.receipt.unwrap();
        assert!(check(&limiter, &rule, b"b", Amount::GiveBack(receipt)).is_allowed());
        assert!(check(&limiter, &rule, b"c", one).is_allowed());
    }

    #[test]
    fn its_debug_names_nobody() {
        let limiter = InProcess::default();
        let one = Amount::Take(NonZeroU32::MIN);
        let _ = check(&limiter, &one_a_minute(), b"alice", one);
        assert_eq!(
            format!("{limiter:?}"),
            "InProcess { capacity: 1000000, .. }"
        );
    }
}
