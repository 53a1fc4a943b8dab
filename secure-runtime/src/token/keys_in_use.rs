use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, Guard};

use super::keys::KeyRing;
use crate::clock::Clock;

/// The ring of keys that there is, which may be another one at any moment.
pub(super) struct KeysInUse {
    ring: ArcSwap<Ring>,
    /// The epoch of `ring`.
    epoch: AtomicU64,
    clock: Arc<dyn Clock>,
}

/// The keys that there are since the ring was last changed.
pub(super) struct Ring {
    pub(super) keys: KeyRing,
    pub(super) epoch: u64,
    /// Since when each key is published here, by the monotonic clock. What was there at the start may
    /// have been published by another instance, and counts as old enough.
    published: HashMap<String, Duration>,
}

impl KeysInUse {
    pub(super) fn new(keys: KeyRing, clock: Arc<dyn Clock>) -> Self {
        let ring = Ring {
            keys,
            epoch: 0,
            published: HashMap::new(),
        };
        Self {
            ring: ArcSwap::from_pointee(ring),
            epoch: AtomicU64::new(0),
            clock,
        }
    }

    pub(super) fn load(&self) -> Guard<Arc<Ring>> {
        self.ring.load()
    }

    /// A number that changes with the ring.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// How long the key that is to sign has still to be published; zero for one that others do not
    /// verify.
    pub(super) fn publishing_time_left(&self, keys: &KeyRing, max_age: Duration) -> Duration {
        let (ring, key) = (self.load(), keys.current().verifying_key());
        if key.public_jwk().is_none() {
            return Duration::ZERO;
        }
        let known = ring.keys.find(key.kid());
        // Another key under an id that is in use is none that others could have read.
        let known = known.filter(|known| known.is_same_key(&key));
        match (known, ring.published.get(key.kid())) {
            (None, _) => max_age,
            (Some(_), None) => Duration::ZERO,
            (Some(_), Some(since)) => (*since + max_age).saturating_sub(self.clock.monotonic()),
        }
    }

    pub(super) fn replace(&self, keys: &KeyRing) {
        self.change(|_| keys.clone());
    }

    /// Adds what is new; the same key signs.
    pub(super) fn publish(&self, keys: &KeyRing) {
        self.change(|ring| {
            let new = keys.verifying_keys();
            new.fold(ring.clone(), |ring, key| {
                // What is there already stays as it is.
                ring.clone().with_previous(key.clone()).unwrap_or(ring)
            })
        });
    }

    fn change(&self, change: impl Fn(&KeyRing) -> KeyRing) {
        let now = self.clock.monotonic();
        self.ring.rcu(|ring| {
            let keys = change(&ring.keys);
            let kids = keys.verifying_keys().map(|key| key.kid());
            let published = kids.filter_map(|kid| match ring.keys.find(kid) {
                Some(_) => Some((kid.to_owned(), *ring.published.get(kid)?)),
                None => Some((kid.to_owned(), now)),
            });
            Ring {
                published: published.collect(),
                keys,
                epoch: ring.epoch + 1,
            }
        });
        // Of two that change it at once the later one counts, whoever gets here first.
        self.epoch.fetch_max(self.load().epoch, Ordering::AcqRel);
    }
}
