//! Tokens whose signature was verified before.
//!
//! A hit checks no signature and parses no JSON. It is worth what the verification was worth, and no
//! more: the whole token is compared, and time, revocations and the keys that there are now are asked
//! again by whoever gets it.

use std::{
    collections::HashMap,
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::principal::Principal;

const SHARDS: usize = 16;
/// The end of a token is the end of its signature, and no two signatures end alike by chance.
const TAIL: usize = 32;
/// Longer tokens are verified each time, so that the bound on the number bounds the memory too.
const LONGEST: usize = 4 * 1024;

type Tail = [u8; TAIL];

/// A token that was verified, and who its bearer is.
pub(super) struct Verified {
    token: Box<str>,
    pub(super) principal: Principal,
    /// Which keys there were.
    pub(super) epoch: u64,
    /// Since 1970, leeway included.
    pub(super) refused_from: Duration,
    /// Since 1970, leeway included.
    pub(super) accepted_from: Duration,
    /// How many revocations there were when it was last found to be none of them.
    revocations: AtomicU64,
}

impl Verified {
    pub(super) fn new(token: &str, principal: Principal, epoch: u64, revocations: u64) -> Self {
        Self {
            token: token.into(),
            principal,
            epoch,
            refused_from: Duration::ZERO,
            accepted_from: Duration::ZERO,
            revocations: AtomicU64::new(revocations),
        }
    }

    /// From and until when it is accepted, since 1970, leeway included.
    pub(super) fn valid(mut self, accepted_from: Duration, refused_from: Duration) -> Self {
        (self.accepted_from, self.refused_from) = (accepted_from, refused_from);
        self
    }

    /// Whether nothing was revoked since it was last looked at.
    pub(super) fn is_checked_at(&self, revocations: u64) -> bool {
        self.revocations.load(Ordering::Acquire) == revocations
    }

    pub(super) fn checked_at(&self, revocations: u64) {
        self.revocations.store(revocations, Ordering::Release);
    }
}

/// The tokens verified last, at most so many of them.
pub(super) struct VerifiedTokens {
    shards: Box<[Mutex<Shard>]>,
    /// How many a generation of a shard holds; zero remembers nothing.
    room: usize,
}

/// What was used lately, and what was used before that. When the young are as many as there is room
/// for, they become the old, and the old are forgotten unless they were used again meanwhile.
#[derive(Default)]
struct Shard {
    young: HashMap<Tail, Arc<Verified>>,
    old: HashMap<Tail, Arc<Verified>>,
}

impl VerifiedTokens {
    /// Holds about `capacity` tokens; zero holds none.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            room: capacity.div_ceil(2 * SHARDS),
        }
    }

    pub(super) fn find(&self, token: &str) -> Option<Arc<Verified>> {
        let tail = self.tail(token)?;
        let mut shard = self.shard(&tail);
        let found = match shard.young.get(&tail) {
            Some(verified) => verified.clone(),
            None => {
                let verified = shard.old.remove(&tail)?;
                shard.insert(tail, verified.clone(), self.room);
                verified
            }
        };
        (*found.token == *token).then_some(found)
    }

    pub(super) fn insert(&self, verified: Verified) {
        if let Some(tail) = self.tail(&verified.token) {
            let mut shard = self.shard(&tail);
            shard.insert(tail, Arc::new(verified), self.room);
        }
    }

    pub(super) fn clear(&self) {
        for shard in &self.shards {
            *lock(shard) = Shard::default();
        }
    }

    /// Whether a token would be remembered.
    pub(super) fn has_room_for(&self, token: &str) -> bool {
        self.room > 0 && token.len() <= LONGEST
    }

    fn tail(&self, token: &str) -> Option<Tail> {
        self.has_room_for(token)
            .then(|| token.as_bytes().last_chunk().copied())?
    }

    fn shard(&self, tail: &Tail) -> MutexGuard<'_, Shard> {
        // A character of the signature, which is as good as random.
        lock(&self.shards[usize::from(tail[0]) % SHARDS])
    }
}

impl Shard {
    fn insert(&mut self, tail: Tail, verified: Arc<Verified>, room: usize) {
        if self.young.len() >= room {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(tail, verified);
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedTokens")
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}
