//! Tokens whose signature was verified before.
//!
//! A hit checks no signature and parses no JSON. It is worth what the verification was worth, and no
//! more: the whole token is compared, and time, revocations and the keys that there are now are asked
//! again by whoever gets it.

use std::{
    collections::HashMap,
    fmt, mem,
    ops::Range,
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
    /// When it is accepted, since 1970, leeway included.
    pub(super) accepted: Range<Duration>,
    /// How many revocations there were when it was last found to be none of them.
    revocations: AtomicU64,
}

impl Verified {
    /// `epoch` is that of the keys, `revocations` how many there were.
    pub(super) fn new(
        token: &str,
        principal: Principal,
        accepted: Range<Duration>,
        (epoch, revocations): (u64, u64),
    ) -> Self {
        Self {
            token: token.into(),
            principal,
            epoch,
            accepted,
            revocations: AtomicU64::new(revocations),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::Via,
        principal::{Parts, Vocabularies},
    };

    fn verified(token: &str, subject: &str) -> Verified {
        let parts = Parts {
            via: Via::Bearer,
            subject: subject.to_owned(),
            client_id: String::new(),
            token_id: String::new(),
            family: None,
            api_key: None,
            roles: Vec::new(),
            scope: String::new(),
            restricted: false,
            signed_in_at: Duration::ZERO,
            issued_at: Duration::ZERO,
            expires_at: Duration::ZERO,
            claims: None,
        };
        let principal = Principal::new(parts, Vocabularies::default());
        Verified::new(token, principal, Duration::ZERO..Duration::ZERO, (0, 0))
    }

    fn held(tokens: &VerifiedTokens) -> usize {
        let shards = tokens.shards.iter().map(lock);
        shards
            .map(|shard| shard.young.len() + shard.old.len())
            .sum()
    }

    /// A token of letters that are spread as those of a signature are.
    fn token(number: u32) -> String {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &number.to_be_bytes());
        hash.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    #[test]
    fn it_holds_what_it_was_told_and_no_more() {
        for capacity in [1, 31, 32, 33, 1000] {
            let tokens = VerifiedTokens::new(capacity);
            for number in 0..20_000 {
                tokens.insert(verified(&token(number), "ada"));
                let _ = tokens.find(&token(number / 2));
            }
            // Rounded up to an even number in each shard.
            let most = capacity.next_multiple_of(2 * SHARDS);
            assert!(held(&tokens) <= most, "{} of {capacity}", held(&tokens));
            assert!(
                tokens.find(&token(19_999)).is_some(),
                "the last one is there"
            );
            tokens.clear();
            assert_eq!(held(&tokens), 0);
        }
    }

    #[test]
    fn what_is_used_is_not_forgotten() {
        let tokens = VerifiedTokens::new(1000);
        tokens.insert(verified(&token(0), "ada"));
        for number in 1..20_000 {
            tokens.insert(verified(&token(number), "eve"));
            assert!(tokens.find(&token(0)).is_some(), "after {number} others");
        }
    }

    #[test]
    fn two_that_end_alike_are_two() {
        let tokens = VerifiedTokens::new(100);
        let end = "e".repeat(TAIL);
        let [ada, eve] = ["ada", "eve"].map(|name| format!("{name}.{end}"));
        tokens.insert(verified(&ada, "ada"));
        assert!(tokens.find(&eve).is_none());
        assert!(tokens.find(&end).is_none());
        tokens.insert(verified(&eve, "eve"));
        let found = tokens.find(&eve).expect("the last one");
        assert_eq!(found.principal.subject(), "eve");
        assert!(
            tokens
                .find(&ada)
                .is_none_or(|found| found.principal.subject() == "ada")
        );
    }

    #[test]
    fn what_is_too_long_or_too_short_is_not_held() {
        let tokens = VerifiedTokens::new(100);
        for length in [0, TAIL - 1, LONGEST + 1] {
            tokens.insert(verified(&"a".repeat(length), "ada"));
        }
        assert_eq!(held(&tokens), 0);
        tokens.insert(verified(&"a".repeat(LONGEST), "ada"));
        assert_eq!(held(&tokens), 1);
        let off = VerifiedTokens::new(0);
        off.insert(verified(&token(0), "ada"));
        assert_eq!(held(&off), 0);
    }
}
