//! The limiter for one process.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Amount, Answer, Charge, Decision, Limiter, charge::LONGEST_KEY, memory::mebibytes,
    place::Place, shard::Shard, time,
};

/// How much memory has a lock of its own at least, so that a sweep of it is short.
const MEMORY_PER_SHARD: usize = 64 << 10;

/// Locks enough for any number of cores.
const MOST_SHARDS: usize = 256;

/// A [`Limiter`] that counts in memory, for all workers of one process.
///
/// It is exact under concurrency: 200 requests at once on `5/minute` are five allowed and 195 refused.
///
/// # Memory
///
/// It takes at most as many bytes as it was given, which defaults to
/// [`DEFAULT_MEMORY`](Self::DEFAULT_MEMORY), and no more than it needs: a key takes 65 bytes in a hash table, which is
/// half full at least, and what its rule needs when it is used up is set aside as soon as the key has a place.
/// That is nothing for one or two units and for a smooth rule, 8 bytes a unit up to 64 of them, and 272 bytes for each
/// larger quota, however large.
///
/// When the memory is used up, keys for which nothing counts any more are dropped; whoever still counts for
/// anything is never forgotten, so that a flood of new keys resets nobody's counter and makes nobody's
/// counter less exact. If that makes no room, newcomers *share* a counter with others: those of their
/// neighbourhood (the /16 of an IPv4 address, the /29 of an IPv6 one) in one of up to 256 parts of the table,
/// which have together the quota of one. That is the strict choice. A flood from very many
/// addresses can make newcomers wait, never let anybody pass who would not have passed without it. And
/// as soon as half of the memory is used, a neighbourhood that has a 16th of the keys gets no further
/// places: who holds the addresses of one provider cannot use up what is left for the others.
///
/// A newcomer who gets a place while the shared counter still counts starts with what was taken
/// there, since some of that may be theirs. So the promise holds for each key, whatever happened to the table
/// in between.
///
/// Keys are found by a keyed hash (SipHash, with keys drawn at start), so that nobody can choose keys
/// that meet in one place of the table. The parts divide the memory among them: in a part, it may be used up a
/// few percent early.
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
    memory: NonZeroUsize,
    spread: RandomState,
}

impl InProcess {
    /// The memory by default: 256 MiB.
    ///
    /// They hold about 1.8 million keys that count under `5/minute`, and 700 000 under a large quota.
    pub const DEFAULT_MEMORY: NonZeroUsize = mebibytes(256);

    /// A limiter that takes at most `bytes`, for all limits together.
    ///
    /// One counter a limit, which everybody shares, is kept in each part even where that is more.
    #[must_use]
    pub fn with_memory(bytes: NonZeroUsize) -> Self {
        let shards = bytes.get() / MEMORY_PER_SHARD;
        let shards = 1 << shards.clamp(1, MOST_SHARDS).ilog2();
        let spread = RandomState::new();
        let shard = || Mutex::new(Shard::new(bytes.get() / shards, spread.clone()));
        Self {
            shards: std::iter::repeat_with(shard).take(shards).collect(),
            memory: bytes,
            spread,
        }
    }

    /// How much memory it takes at most, in bytes.
    #[must_use]
    pub const fn memory(&self) -> NonZeroUsize {
        self.memory
    }

    /// How much memory it uses now or has set aside for the keys it keeps, in bytes.
    #[must_use]
    pub fn used_memory(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).used()).sum()
    }

    /// How many keys have a counter of their own, among them those which no longer count and were not dropped yet.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).keys()).sum()
    }

    fn shard(&self, hash: u64) -> &Mutex<Shard> {
        // The number of shards is a power of two, at most 256: the remainder is an index. The table within
        // goes by the lowest bits and the seven highest.
        &self.shards[(hash >> 40) as usize & (self.shards.len() - 1)]
    }
}

impl Limiter for InProcess {
    fn check<'a>(&'a self, charge: &Charge<'a>) -> Answer<'a> {
        let key = &charge.key[..charge.key.len().min(LONGEST_KEY)];
        let own = Place::own(charge.counter.id, key);
        let hash = self.spread.hash_one(own);
        let seen = time::moment(charge.now);
        let mut shard = lock(self.shard(hash));
        // Under the lock, so that this shard's moments ascend.
        let now = shard.advance(seen);
        let decision = match charge.amount {
            Amount::Take(amount) => shard.take(own, hash, charge.rule, amount, now),
            Amount::GiveBack(receipt) => {
                Decision::Allowed(shard.give_back(own, hash, charge.rule, receipt, now))
            }
        };
        decision.delayed(Duration::from_nanos(now - seen)).into()
    }

    fn is_shared(&self) -> bool {
        false
    }
}

impl Default for InProcess {
    fn default() -> Self {
        Self::with_memory(Self::DEFAULT_MEMORY)
    }
}

/// Without the keys, which are addresses and names of people.
impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess")
            .field("memory", &self.memory)
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
    fn the_parts_take_no_more_than_the_whole() {
        for (bytes, shards) in [
            (1, 1),
            (MEMORY_PER_SHARD * 2 - 1, 1),
            (MEMORY_PER_SHARD * 2, 2),
            (8 << 20, 128),
            (1 << 30, 256),
        ] {
            let limiter = InProcess::with_memory(NonZeroUsize::new(bytes).unwrap());
            assert_eq!(limiter.shards.len(), shards);
        }
        assert_eq!(InProcess::default().memory().get(), 256 << 20);
    }

    #[test]
    fn a_poisoned_lock_neither_panics_nor_opens() {
        let (limiter, rule) = (InProcess::with_memory(NonZeroUsize::MIN), one_a_minute());
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
    fn what_was_taken_together_is_given_back_together() {
        let (limiter, rule) = (InProcess::with_memory(NonZeroUsize::MIN), one_a_minute());
        let one = Amount::Take(NonZeroU32::MIN);
        let Decision::Allowed(standing) = check(&limiter, &rule, b"b", one) else {
            panic!("the first of all passes");
        };
        assert_eq!(limiter.keys(), 0);
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
            "InProcess { memory: 268435456, .. }"
        );
    }
}
